#!/usr/bin/env python3
"""
Writes node-models.json.gz from the ONNX project's backend test data: each model with its recorded inputs as
initializers, so that shape inference has to follow the data too, and what the recorded outputs are.

    python3 -m onnx.backend.test.cmd_tools generate-data -o DIR
    python3 node_models.py DIR
"""

import base64
import gzip
import json
import math
import sys
from pathlib import Path

import onnx
from onnx import numpy_helper

MAX_VALUES = 200
MAX_PAYLOAD = 64


def main(folder):
    cases = []
    for path in sorted(folder.glob('*/*/model.onnx')):
        data = path.parent / 'test_data_set_0'
        model = onnx.load(str(path))
        values = [*model.graph.input, *model.graph.output]
        if not data.is_dir() or any(not v.type.HasField('tensor_type') for v in values):
            continue
        if any(not (data / f'input_{index}.pb').exists() for index in range(len(model.graph.input))):
            continue
        for index, value in enumerate(model.graph.input):
            model.graph.initializer.append(stripped(load(data / f'input_{index}.pb', value.name)))
        outputs = {value.name: expected(load(data / f'output_{index}.pb', value.name))
                   for index, value in enumerate(model.graph.output)}
        del model.graph.input[:], model.graph.value_info[:]
        for value in model.graph.output:
            value.type.tensor_type.ClearField('shape')
            value.type.tensor_type.elem_type = 0
        cases.append({'name': path.parent.name, 'outputs': outputs,
                      'model': base64.b64encode(model.SerializeToString()).decode()})
    text = json.dumps(cases, separators=(',', ':'), allow_nan=False)
    target = Path(__file__).with_name('node-models.json.gz')
    target.write_bytes(gzip.compress(text.encode(), 9, mtime=0))
    print(f'{len(cases)} models, {target.stat().st_size} bytes')


def load(path, name):
    tensor = onnx.TensorProto()
    tensor.ParseFromString(path.read_bytes())
    tensor.name = name
    return tensor


def stripped(tensor):
    """Without the payload where it is too large to be an operand of shape arithmetic."""
    if math.prod(tensor.dims) > MAX_PAYLOAD:
        for field in ('raw_data', 'float_data', 'int32_data', 'int64_data', 'double_data', 'uint64_data'):
            tensor.ClearField(field)
    return tensor


def expected(tensor):
    array = numpy_helper.to_array(tensor)
    numeric = array.dtype.kind in 'iufb' and array.size <= MAX_VALUES
    values = [float(x) if math.isfinite(x) else None for x in array.reshape(-1)] if numeric else None
    return {'dims': list(array.shape), 'type': tensor.data_type, 'values': values}


if __name__ == '__main__':
    main(Path(sys.argv[1]))
