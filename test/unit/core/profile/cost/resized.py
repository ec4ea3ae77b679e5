#!/usr/bin/env python3
"""
Writes resized.json: what torch counts for some of the fixture networks at other resolutions and batch sizes, or that
it refuses them. Fixtures are exported at one size; their cost at another has to be derived.
"""

import json
import sys
from pathlib import Path

import torch

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[1] / 'fixtures'))

import ground_truth  # noqa: E402
from networks import NETWORKS  # noqa: E402

NAMES = ('resnet18', 'resnet50', 'mobilenet_v2', 'mobilenet_v3_small', 'mnasnet0_5', 'shufflenet_v2_x0_5',
         'densenet121', 'squeezenet1_1', 'alexnet', 'vgg11', 'googlenet', 'efficientnet_b0', 'mobilenet_v1_w0.25',
         'shufflenet_v1_x0_5_g3', 'retinaface_mnet025', 'iresnet18', 'regnet_y_400mf', 'convnext_tiny', 'vit_b_16')
SIZES = ((112, 1), (320, 1), (224, 3), (256, 2))
FIELDS = ('macs', 'operatorMacs', 'activationElements', 'weightElements')


def main():
    rows = []
    for network in NETWORKS:
        if network.name in NAMES:
            module = network.build().eval()
            rows += [observe(network, module, resolution, batch) for resolution, batch in SIZES]
    lines = ',\n'.join(json.dumps(row) for row in rows)
    (HERE / 'resized.json').write_text(f'[\n{lines}\n]\n')


def observe(network, module, resolution, batch):
    row = {'model': network.name, 'resolution': resolution, 'batch': batch}
    channels = network.input_shape[1]
    try:
        seen = ground_truth.observe(module, torch.randn(batch, channels, resolution, resolution))
    except (RuntimeError, AssertionError) as error:
        return {**row, 'refused': str(error)}
    return {**row, **{field: seen[field] for field in FIELDS}}


if __name__ == '__main__':
    main()
