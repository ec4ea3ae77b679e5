"""
A stand-in for TensorRT's Python module that has what the version in FRAMECAST_TENSORRT has, and nothing else. A model
is a JSON file:

    {"inputs": [{"name", "shape", "type"}], "outputs": [...], "milliseconds": 5,
     "unsupported": OPERATOR, "parse": MESSAGE, "build": MESSAGE, "execute": MESSAGE, "external": FILE,
     "layers": [MILLISECONDS], "quantised": true}

-1 in an output's shape is the same size of the first input, "data" one that only running would tell. What was called is
appended to the file FRAMECAST_TENSORRT_REPORT, one JSON line a process.
"""

import array
import atexit
import ctypes
import enum
import json
import os
import time
import weakref

__version__ = os.environ['FRAMECAST_TENSORRT']
_VERSION = tuple(int(part) for part in __version__.split('.')[:2])
_CUDA = ctypes.CDLL(os.environ['FRAMECAST_CUDA_LIBRARY'])
_CUDA.standin_enqueue.argtypes = [ctypes.c_void_p, ctypes.c_double]
_CUDA.standin_tensor.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int]
_MAGIC = b'engine of a double\n'
_REPORT = {'calls': [], 'inputs': {}}

if os.environ.get('FRAMECAST_TENSORRT_IMPORT') == 'crash':
    os.abort()
if os.environ.get('FRAMECAST_TENSORRT_IMPORT') == 'fail':
    raise ImportError('libnvinfer.so.8: cannot open shared object file: No such file or directory')


@atexit.register
def _write_report():
    path = os.environ.get('FRAMECAST_TENSORRT_REPORT')
    if path and _REPORT['calls']:
        with open(path, 'a') as file:
            file.write(json.dumps(_REPORT) + '\n')


def _called(name, *values):
    if len(_REPORT['calls']) < 2000:
        _REPORT['calls'].append([name] + list(values))


def only(since=(0, 0), before=(99, 0)):
    """Marks what a class has from one version on, or up to another."""

    def mark(member):
        (member.fget if isinstance(member, property) else member).versions = (since, before)
        return member

    return mark


def versioned(cls):
    for name, member in list(vars(cls).items()):
        function = member.fget if isinstance(member, property) else member
        since, before = getattr(function, 'versions', ((0, 0), (99, 0)))
        if not since <= _VERSION < before:
            delattr(cls, name)
    return cls


class _Severity(enum.IntEnum):
    INTERNAL_ERROR = 0
    ERROR = 1
    WARNING = 2
    INFO = 3
    VERBOSE = 4


class ILogger(object):
    Severity = _Severity

    def __init__(self):
        self._started = True


class Logger(ILogger):
    pass


if _VERSION < (11, 0):

    class NetworkDefinitionCreationFlag(enum.IntEnum):
        EXPLICIT_BATCH = 0
        STRONGLY_TYPED = 1

    class BuilderFlag(enum.IntEnum):
        FP16 = 0
        INT8 = 1
        TF32 = 7

else:

    class NetworkDefinitionCreationFlag(enum.IntEnum):
        STRONGLY_TYPED = 1

    class BuilderFlag(enum.IntEnum):
        TF32 = 7


class LayerType(enum.Enum):
    CONVOLUTION = 0
    QUANTIZE = 46


class IProfiler(object):
    def __init__(self):
        self._started = True


class DataType(enum.Enum):
    FLOAT = 0
    HALF = 1
    INT8 = 2
    INT32 = 3
    BOOL = 4
    UINT8 = 5
    FP8 = 6
    BF16 = 7
    INT64 = 8


class TensorLocation(enum.IntEnum):
    DEVICE = 0
    HOST = 1


class ErrorCode(enum.IntEnum):
    MODEL_DESERIALIZE_FAILED = 3
    INVALID_VALUE = 4
    UNSUPPORTED_NODE = 8

    def __str__(self):
        return self.name


if _VERSION >= (8, 4):

    class MemoryPoolType(enum.IntEnum):
        WORKSPACE = 0


if _VERSION >= (8, 5):

    class TensorIOMode(enum.IntEnum):
        NONE = 0
        INPUT = 1
        OUTPUT = 2


def init_libnvinfer_plugins(logger, namespace):
    _log(weakref.ref(logger), _Severity.VERBOSE, 'Registered plugins')
    return True


def _log(reference, severity, message):
    logger = reference()
    if logger is None or not getattr(logger, '_started', False):
        os.abort()  # what C++ does when the logger is gone
    logger.log(severity, message)


class Dims(tuple):
    """As pybind gives it: iterable, indexable, with a length."""


@versioned
class _Tensor(object):
    def __init__(self, description):
        self.name = description['name']
        self.shape = Dims(description['shape'])
        self.dtype = DataType[description['type']]
        self.is_shape_tensor = description.get('shapeTensor', False)

    @only(before=(11, 0))
    def set_dynamic_range(self, low, high):
        _called('set_dynamic_range', self.name, low, high)


class _Layer(object):
    """One layer for each output, and one that quantises where the model has such."""

    def __init__(self, type_, outputs):
        self.type = type_
        self._outputs = outputs
        self.num_outputs = len(outputs)

    def get_output(self, index):
        return _Tensor(self._outputs[index])


class _Network(object):
    def __init__(self, flags):
        self.flags = flags
        self.model = None
        self.parser = None

    @property
    def num_inputs(self):
        return len(self.model['inputs'])

    def get_input(self, index):
        return _Tensor(self.model['inputs'][index])

    def _layers(self):
        quantize = [_Layer(LayerType.QUANTIZE, [])] if self.model.get('quantised') else []
        return quantize + [_Layer(LayerType.CONVOLUTION, [entry]) for entry in self.model['outputs']]

    @property
    def num_layers(self):
        return len(self._layers())

    def get_layer(self, index):
        return self._layers()[index]


@versioned
class ParserError(object):
    def __init__(self, code, description, node, operator=''):
        self._values = (code, description, node, operator)

    def code(self):
        return self._values[0]

    def desc(self):
        return self._values[1]

    def node(self):
        return self._values[2]

    def file(self):
        return 'ModelImporter.cpp'

    def line(self):
        return 1

    def func(self):
        return 'parseGraph'

    @only(since=(10, 0))
    def node_operator(self):
        return self._values[3]


@versioned
class OnnxParser(object):
    def __init__(self, network, logger):
        self._network = network
        self._logger = weakref.ref(logger)
        self._errors = []

    def parse(self, model):
        _called('parse', len(model))
        return self._take(bytes(model), os.getcwd())

    @only(since=(8, 0))
    def parse_from_file(self, model):
        _called('parse_from_file')
        with open(model, 'rb') as file:
            return self._take(file.read(), os.path.dirname(model))

    @property
    def num_errors(self):
        return len(self._errors)

    def get_error(self, index):
        return self._errors[index]

    def _looks_for_plugin(self, operator):
        if (9, 0) <= _VERSION:
            message = 'No checker registered for op: %s. Attempting to check as plugin.' % operator
            _log(self._logger, _Severity.INFO if _VERSION < (10, 8) else _Severity.VERBOSE, message)
        else:
            message = 'No importer registered for op: %s. Attempting to import as plugin.' % operator
            _log(self._logger, _Severity.INFO, message)

    def _fail(self, code, description, *where):
        self._errors.append(ParserError(code, description, *where))
        message = 'ModelImporter.cpp:773: ERROR: ModelImporter.cpp:180 In function parseGraph:\n[%d] %s'
        _log(self._logger, _Severity.ERROR, message % (code, description))
        return False

    def _take(self, content, folder):
        explicit = getattr(NetworkDefinitionCreationFlag, 'EXPLICIT_BATCH', None)
        if explicit is not None and self._network.flags != 1 << int(explicit):
            return self._fail(ErrorCode.INVALID_VALUE, 'Network must have an explicit batch', -1)
        try:
            model = json.loads(content.decode('utf-8'))
        except ValueError:
            return self._fail(ErrorCode.MODEL_DESERIALIZE_FAILED, 'Failed to parse the ONNX model.', -1)
        if 'plugin' in model:
            self._looks_for_plugin(model['plugin'])
            _log(self._logger, _Severity.INFO, 'Successfully created plugin: %s' % model['plugin'])
        if 'unsupported' in model:
            operator = model['unsupported']
            self._looks_for_plugin(operator)
            _log(self._logger, _Severity.ERROR, 'ModelImporter.cpp:720: While parsing node number 12 [%s -> "y"]:' % operator)
            words = 'creator && "Plugin not found, are the plugin name, version, and namespace correct?"'
            return self._fail(ErrorCode.UNSUPPORTED_NODE, 'Assertion failed: ' + words, 12, operator)
        if 'parse' in model:
            return self._fail(ErrorCode.INVALID_VALUE, model['parse'], 3, 'Resize')
        if 'external' in model and not os.path.exists(os.path.join(folder, model['external'])):
            return self._fail(ErrorCode.INVALID_VALUE, 'Failed to open file: %s' % model['external'], -1)
        self._network.model = model
        self._network.parser = weakref.ref(self)
        return True


class _Profile(object):
    def __init__(self):
        self.shapes = {}

    def set_shape(self, name, low, best, high):
        self.shapes[name] = [tuple(low), tuple(best), tuple(high)]


@versioned
class _Config(object):
    def __init__(self):
        self.flags = {BuilderFlag.TF32}
        self.profiles = []
        self._workspace = 0

    @property
    @only(before=(10, 0))
    def max_workspace_size(self):
        return self._workspace

    if _VERSION < (10, 0):

        @max_workspace_size.setter
        def max_workspace_size(self, size):
            self._workspace = size

    @only(since=(8, 4))
    def set_memory_pool_limit(self, pool, size):
        assert pool is MemoryPoolType.WORKSPACE
        self._workspace = size

    def set_flag(self, flag):
        self.flags.add(flag)

    def clear_flag(self, flag):
        self.flags.discard(flag)

    def add_optimization_profile(self, profile):
        self.profiles.append(profile)
        return len(self.profiles) - 1


class _HostMemory(bytearray):
    """Serialised engine: to be written by the buffer protocol."""


@versioned
class Builder(object):
    def __init__(self, logger):
        self._logger = weakref.ref(logger)
        if os.environ.get('FRAMECAST_TENSORRT_BUILDER') == 'refuse':
            _log(self._logger, _Severity.ERROR, 'CUDA initialization failure with error: 100')
            raise TypeError('pybind11::init(): factory function returned nullptr')
        if _VERSION < (11, 0):
            self.platform_has_fast_fp16 = True
            self.platform_has_fast_int8 = os.environ.get('FRAMECAST_TENSORRT_INT8') != 'no'

    def create_network(self, flags=0):
        return _Network(flags)

    def create_builder_config(self):
        return _Config()

    def create_optimization_profile(self):
        return _Profile()

    @only(before=(10, 0))
    def build_engine(self, network, config):
        _called('build_engine')
        plan = self._plan(network, config)
        return None if plan is None else _Engine(plan, self._logger, None)

    @only(since=(8, 0))
    def build_serialized_network(self, network, config):
        _called('build_serialized_network')
        plan = self._plan(network, config)
        return None if plan is None else _HostMemory(_MAGIC + json.dumps(plan).encode('utf-8'))

    def _plan(self, network, config):
        if network.parser() is None:
            raise AssertionError('the parser is gone, and the weights with it')
        model = network.model
        time.sleep(model.get('buildMilliseconds', 0) / 1000.0)
        flags = sorted(flag.name for flag in config.flags)
        _called('build', config._workspace, flags, [profile.shapes for profile in config.profiles])
        free = [entry['name'] for entry in model['inputs'] if -1 in entry['shape']]
        if free and not (config.profiles and all(name in config.profiles[0].shapes for name in free)):
            message = 'Network has dynamic or shape inputs, but no optimization profile has been defined.'
            _log(self._logger, _Severity.ERROR, message)
            return None
        if 'build' in model:
            _log(self._logger, _Severity.ERROR, model['build'])
            return None
        return dict(model, version=__version__)


@versioned
class Runtime(object):
    def __init__(self, logger):
        self._logger = weakref.ref(logger)

    def deserialize_cuda_engine(self, content):
        if not bytes(content).startswith(_MAGIC):
            _log(self._logger, _Severity.ERROR, '1: [stdArchiveReader.cpp::40] Error Code 1: Serialization (magic tag)')
            return None
        _called('deserialize')
        return _Engine(json.loads(bytes(content)[len(_MAGIC) :].decode('utf-8')), self._logger, self)


@versioned
class _Engine(object):
    def __init__(self, plan, logger, runtime):
        self._plan = plan
        self._logger = logger
        self._runtime = None if runtime is None else weakref.ref(runtime)
        self._tensors = plan['inputs'] + plan['outputs']

    @only(before=(10, 0))
    def serialize(self):
        return _HostMemory(_MAGIC + json.dumps(self._plan).encode('utf-8'))

    def create_execution_context(self):
        return _Context(self)

    @property
    @only(before=(10, 0))
    def num_bindings(self):
        return len(self._tensors)

    @only(before=(10, 0))
    def get_binding_name(self, index):
        return self._tensors[index]['name']

    @only(before=(10, 0))
    def get_binding_shape(self, index):
        return self._shape(self._tensors[index])

    @only(before=(10, 0))
    def get_binding_dtype(self, index):
        return DataType[self._tensors[index]['type']]

    @only(before=(10, 0))
    def binding_is_input(self, index):
        return index < len(self._plan['inputs'])

    @only(before=(10, 0))
    def get_location(self, index):
        return TensorLocation.HOST if self._tensors[index].get('onHost') else TensorLocation.DEVICE

    @property
    @only(since=(8, 5))
    def num_io_tensors(self):
        return len(self._tensors)

    @only(since=(8, 5))
    def get_tensor_name(self, index):
        return self._tensors[index]['name']

    @only(since=(8, 5))
    def get_tensor_mode(self, name):
        inputs = [entry['name'] for entry in self._plan['inputs']]
        return TensorIOMode.INPUT if name in inputs else TensorIOMode.OUTPUT

    @only(since=(8, 5))
    def get_tensor_shape(self, name):
        return self._shape(self._named(name))

    @only(since=(8, 5))
    def get_tensor_dtype(self, name):
        return DataType[self._named(name)['type']]

    @only(since=(8, 5))
    def get_tensor_location(self, name):
        return TensorLocation.HOST if self._named(name).get('onHost') else TensorLocation.DEVICE

    def _named(self, name):
        return [entry for entry in self._tensors if entry['name'] == name][0]

    def _shape(self, entry):
        return Dims(-1 if size == 'data' else size for size in entry['shape'])


@versioned
class _Context(object):
    def __init__(self, engine):
        self._engine = engine
        self._shapes = {}
        self._addresses = {}
        self._runs = 0
        self.profiler = None

    @only(before=(10, 0))
    def set_binding_shape(self, index, shape):
        return self._set_shape(self._engine._tensors[index]['name'], shape)

    @only(before=(10, 0))
    def get_binding_shape(self, index):
        return self._shape(self._engine._tensors[index])

    @only(since=(8, 5))
    def set_input_shape(self, name, shape):
        return self._set_shape(name, shape)

    @only(since=(8, 5))
    def get_tensor_shape(self, name):
        return self._shape(self._engine._named(name))

    @only(since=(8, 5))
    def set_tensor_address(self, name, address):
        self._addresses[name] = address
        return True

    @only(before=(10, 0))
    def execute_async_v2(self, bindings, stream_handle):
        names = [entry['name'] for entry in self._engine._tensors]
        return self._execute(dict(zip(names, bindings)), stream_handle, 'v2')

    @only(since=(8, 5))
    def execute_async_v3(self, stream_handle):
        return self._execute(self._addresses, stream_handle, 'v3')

    def _set_shape(self, name, shape):
        _called('set_shape', name, list(shape))
        self._shapes[name] = tuple(shape)
        return True

    def _shape(self, entry):
        first = self._engine._plan['inputs'][0]
        inputs = self._engine._plan['inputs']
        if entry in inputs:
            return Dims(self._shapes.get(entry['name'], entry['shape']))
        known = self._shapes.get(first['name'], first['shape'])
        sizes = [known[axis] if size == -1 else size for axis, size in enumerate(entry['shape'])]
        return Dims(-1 if size == 'data' else size for size in sizes)

    def _execute(self, addresses, stream, interface):
        plan = self._engine._plan
        if self._engine._runtime is not None and self._engine._runtime() is None:
            raise AssertionError('the runtime is gone')
        for entry in self._engine._tensors:
            size = _BYTES[entry['type']]
            for axis in self._shape(entry):
                size *= axis
            is_input = entry in plan['inputs']
            if not entry.get('onHost') and _CUDA.standin_tensor(addresses[entry['name']], size, int(is_input)):
                raise AssertionError('%s has no memory of %d bytes that is filled' % (entry['name'], size))
            if is_input and self._runs == 0:
                _REPORT['inputs'][entry['name']] = _content(addresses[entry['name']], size, entry['type'])
        self._runs += 1
        if self._runs == 1:
            _called('execute', interface)
        _REPORT['runs'] = self._runs
        if 'execute' in plan and self._runs == plan.get('executeRun', 1):
            _log(self._engine._logger, _Severity.ERROR, plan['execute'])
            return False
        if self.profiler is not None:
            for index, milliseconds in enumerate(plan.get('layers', [])):
                self.profiler.report_layer_time('layer %d' % index, milliseconds)
        slow = plan.get('slowRun', {}) if self._runs == plan.get('slowRun', {}).get('run') else {}
        return _CUDA.standin_enqueue(stream, slow.get('milliseconds', plan.get('milliseconds', 1)) / 1000.0) == 0


_BYTES = {'FLOAT': 4, 'HALF': 2, 'INT8': 1, 'INT32': 4, 'BOOL': 1, 'UINT8': 1, 'FP8': 1, 'BF16': 2, 'INT64': 8}


def _content(address, size, kind):
    """What stands in the memory of an input."""
    data = ctypes.string_at(address, size)
    if kind != 'FLOAT':
        return {'bytes': size, 'zero': not any(data)}
    values = array.array('f', data)
    return {
        'bytes': size,
        'least': min(values),
        'most': max(values),
        'mean': sum(values) / len(values),
        'distinct': len(set(values)),
    }
