"""Inputs to time a network with: their types, their sizes, and random content that is on the device beforehand."""

import array
import os
import random
import struct

from framecast_runner.board_files import RunFailure

# Names as in ONNX; bytes of one element.
ELEMENT_BYTES = {
    'float64': 8,
    'int64': 8,
    'uint64': 8,
    'float32': 4,
    'int32': 4,
    'uint32': 4,
    'float16': 2,
    'bfloat16': 2,
    'int16': 2,
    'uint16': 2,
    'int8': 1,
    'uint8': 1,
    'bool': 1,
}

# TensorRT's names of the same.
TENSORRT_TYPES = {
    'FLOAT': 'float32',
    'HALF': 'float16',
    'BF16': 'bfloat16',
    'INT8': 'int8',
    'UINT8': 'uint8',
    'INT32': 'int32',
    'INT64': 'int64',
    'BOOL': 'bool',
}

# Random values are made once and repeated, as a Nano needs half a minute for the six million of a 1440x1440 image. A
# prime number of them, so that no row of an image repeats the one above it.
RANDOM_VALUES = 65521


def tensorrt_type(name, data_type):
    """The name of a TensorRT data type."""
    known = TENSORRT_TYPES.get(data_type.name)
    if known is None:
        raise RunFailure('unsupported', 'The tensor %s has the type %s, which cannot be timed.' % (name, data_type.name))
    return known


def element_count(shape):
    count = 1
    for size in shape:
        count *= size
    return count


def shape_text(shape):
    return 'x'.join(str(size) for size in shape) if len(shape) > 0 else 'scalar'


def random_block(data_type):
    """A writable buffer of RANDOM_VALUES elements: floats uniform in [-1, 1], bytes of images random, else zeros."""
    generator = random.Random(1)
    if data_type in ('float16', 'float32', 'float64', 'bfloat16'):
        values = array.array('f', (generator.uniform(-1.0, 1.0) for _ in range(RANDOM_VALUES)))
        if data_type == 'float32':
            return values
        if data_type == 'float64':
            return array.array('d', values)
        if data_type == 'float16':
            return bytearray(struct.pack('<%de' % RANDOM_VALUES, *values))
        upper = array.array('H')
        upper.frombytes(values.tobytes())
        # The upper half of a float32: boards are little-endian.
        return upper[1::2]
    if data_type == 'uint8':
        return bytearray(os.urandom(RANDOM_VALUES))
    # Integers may be indices and sizes: zero is valid for all.
    return bytearray(RANDOM_VALUES * ELEMENT_BYTES[data_type])


def preload(cuda, address, data_type, count):
    """Fills device memory for `count` elements. On the host, one block is enough."""
    block = memoryview(random_block(data_type)).cast('B')
    total, done = count * ELEMENT_BYTES[data_type], 0
    while done < total:
        size = min(len(block), total - done)
        cuda.copy_to_device(address + done, block, size)
        done += size


def match_inputs(run, declared):
    """
    The shape to run each input of the network at. `declared` is (name, shape) of what the model says, -1 where a size
    is free. A size that the model fixes stays, and a request that contradicts it is an error.
    """
    requested = {entry['name']: [int(size) for size in entry['shape']] for entry in run['inputs']}
    shapes = {}
    for name, shape in declared:
        wanted = requested.get(name)
        if wanted is None:
            if any(size < 0 for size in shape):
                raise RunFailure(
                    'unsupported',
                    'The input %s of the model has sizes that are free, and the job does not say which to use. Give a '
                    'shape for it.' % name,
                )
            shapes[name] = list(shape)
            continue
        fits = len(wanted) == len(shape) and all(own in (-1, size) for own, size in zip(shape, wanted))
        if not fits:
            fixed = all(size >= 0 for size in shape)
            raise RunFailure(
                'unsupported',
                'The model takes %s %s for its input %s, but %s was asked for. %s'
                % (
                    'only' if fixed else 'nothing but',
                    shape_text(['?' if size < 0 else size for size in shape]),
                    name,
                    shape_text(wanted),
                    'Benchmark it at its own size, or export it again with sizes that are free.',
                ),
            )
        shapes[name] = wanted
    return shapes
