"""Parameters and multiply-accumulates of members that torchvision has no function for: python3 members.py > members.json.

Needs torch and torchvision; written with torch 1.13.1 and torchvision 0.14.1.
"""

import json

import torch
from torchvision import models
from torchvision.models.resnet import BasicBlock, Bottleneck, ResNet


def count_macs(module, resolution):
    total = 0

    def count(layer, _, output):
        nonlocal total
        if isinstance(layer, torch.nn.Conv2d):
            kernel = layer.kernel_size[0] * layer.kernel_size[1]
            total += output.numel() * layer.in_channels // layer.groups * kernel
        else:
            total += output.numel() * layer.in_features

    for layer in module.modules():
        if isinstance(layer, (torch.nn.Conv2d, torch.nn.Linear)):
            layer.register_forward_hook(count)
    module.eval()
    with torch.no_grad():
        module(torch.zeros(1, 3, resolution, resolution))
    return total


def member(family, settings, module, resolution, classes):
    parameters = sum(parameter.numel() for parameter in module.parameters())
    macs = count_macs(module, resolution)
    return dict(family=family, settings=settings, resolution=resolution, classes=classes, parameters=parameters, macs=macs)


def members():
    for width in (0.05, 0.1, 0.15, 0.35, 0.55, 1.05, 1.4, 1.95):
        yield member('MobileNetV2', {'width': width}, models.mobilenet_v2(width_mult=width, num_classes=7), 96, 7)
        yield member('MnasNet', {'alpha': width}, models.MNASNet(width, num_classes=7), 96, 7)
    for layout, block in (([1, 1, 1, 1], 'basic'), ([3, 4, 11, 3], 'basic'), ([1, 2, 1, 2], 'bottleneck'),
                          ([3, 8, 24, 3], 'bottleneck')):
        module = ResNet(BasicBlock if block == 'basic' else Bottleneck, layout, num_classes=11)
        yield member('ResNet', {'layout': layout, 'block': block}, module, 161, 11)
    yield member('ResNet', {'layout': [2, 2, 2, 2], 'block': 'bottleneck', 'widening': 1.5},
                 ResNet(Bottleneck, [2, 2, 2, 2], width_per_group=96, num_classes=11), 64, 11)
    for layout, growth in (([2, 3, 4, 5], 12), ([6, 12, 24, 16], 40), ([1, 1, 1, 1], 12), ([1, 7, 1, 2], 31)):
        module = models.DenseNet(growth, layout, 2 * growth, num_classes=5)
        yield member('DenseNet', {'layout': layout, 'growth': growth}, module, 97, 5)
    yield member('SqueezeNet', {'release': '1.0'}, models.squeezenet1_0(num_classes=3), 131, 3)
    yield member('SqueezeNet', {'release': '1.1'}, models.squeezenet1_1(num_classes=3), 130, 3)
    yield member('VGG', {'depth': '13'}, models.vgg13(num_classes=3), 448, 3)
    yield member('AlexNet', {}, models.alexnet(num_classes=3), 235, 3)
    yield member('ShuffleNetV2', {'scale': '1.5'}, models.shufflenet_v2_x1_5(num_classes=3), 75, 3)
    for size in ('400mf', '3.2gf', '8gf'):
        module = getattr(models, f'regnet_x_{size.replace(".", "_")}')(num_classes=9)
        yield member('RegNet', {'member': size}, module, 97, 9)
    for size, depths, widths in (('a0', (1, 2, 4, 14, 1), (48, 48, 96, 192, 1280)),
                                 ('b1', (1, 4, 6, 16, 1), (64, 128, 256, 512, 2048))):
        yield member('RepVGG', {'member': size}, deployed_repvgg(depths, widths, 9), 97, 9)


def deployed_repvgg(depths, widths, classes):
    layers, inputs = [], 3
    for depth, outputs in zip(depths, widths):
        for index in range(depth):
            layers += [torch.nn.Conv2d(inputs, outputs, 3, 2 if index == 0 else 1, 1), torch.nn.ReLU()]
            inputs = outputs
    return torch.nn.Sequential(*layers, torch.nn.AdaptiveAvgPool2d(1), torch.nn.Flatten(),
                               torch.nn.Linear(inputs, classes))


print(json.dumps(list(members()), indent=2))
