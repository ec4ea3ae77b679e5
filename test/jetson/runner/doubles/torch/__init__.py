"""
A stand-in for PyTorch with as much as a measurement calls. FRAMECAST_TORCH_CUDA=1 gives it a GPU, whose work ends only
some time after the call that starts it, as CUDA's does. A TorchScript file is JSON:

    {"milliseconds": 5, "error": MESSAGE}
"""

import json
import os
import time

__version__ = '1.10.0'

_GPU = os.environ.get('FRAMECAST_TORCH_CUDA') == '1'
_STATE = {'done': 0.0, 'gradients': True}


class dtype(object):
    def __init__(self, name):
        self.name = name

    def __repr__(self):
        return 'torch.' + self.name


float16, float32, float64, int64, int32, uint8 = [
    dtype(name) for name in ('float16', 'float32', 'float64', 'int64', 'int32', 'uint8')
]
# Another thing than the builtin.
globals()['bool'] = dtype('bool')


class device(object):
    def __init__(self, kind):
        self.type = kind


class Tensor(object):
    def __init__(self, shape, kind, place):
        self.shape, self.dtype, self.device, self.range = tuple(shape), kind, place, None

    def uniform_(self, low, high):
        self.range = (low, high)
        return self

    def to(self, kind):
        self.dtype = kind
        return self


def empty(shape, device):
    return Tensor(shape, float32, device)


def zeros(shape, dtype, device):
    tensor = Tensor(shape, dtype, device)
    tensor.range = (0, 0)
    return tensor


class no_grad(object):
    def __enter__(self):
        _STATE['gradients'] = False

    def __exit__(self, *_):
        _STATE['gradients'] = True


class version(object):
    cuda = '10.2' if _GPU else None


class cuda(object):
    @staticmethod
    def is_available():
        return _GPU

    @staticmethod
    def synchronize():
        assert _GPU
        left = _STATE['done'] - time.perf_counter()
        if left > 0:
            time.sleep(left)


class _Switch(object):
    allow_tf32 = True


class backends(object):
    cudnn = _Switch()

    class cuda(object):
        matmul = _Switch()


class _Module(object):
    def __init__(self, plan, place):
        self.plan, self.place, self.precision, self.training = plan, place, float32, True

    def eval(self):
        self.training = False
        return self

    def half(self):
        self.precision = float16
        return self

    def __call__(self, *inputs):
        if 'error' in self.plan:
            raise RuntimeError(self.plan['error'])
        assert not self.training and not _STATE['gradients']
        assert not (_GPU and (backends.cudnn.allow_tf32 or backends.cuda.matmul.allow_tf32))
        for tensor in inputs:
            assert tensor.device.type == self.place.type == ('cuda' if _GPU else 'cpu')
            if tensor.dtype.name.startswith('float'):
                assert tensor.dtype is self.precision and tensor.range == (-1.0, 1.0)
            else:
                assert tensor.range == (0, 0)
        seconds = self.plan['milliseconds'] / 1000.0
        if _GPU:
            _STATE['done'] = max(_STATE['done'], time.perf_counter()) + seconds
        else:
            time.sleep(seconds)


class jit(object):
    @staticmethod
    def load(path, map_location):
        with open(path, 'r') as file:
            text = file.read()
        try:
            return _Module(json.loads(text), map_location)
        except ValueError:
            raise RuntimeError('PytorchStreamReader failed reading zip archive: failed finding central directory')
