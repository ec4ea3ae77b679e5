"""Builds an engine with TensorRT's Python module: 7.1 to 11, by what the module has."""

import os

from framecast_runner.board_files import RunFailure
from framecast_runner.build_errors import MessageKeeper, build_failure, telling_message
from framecast_runner.cuda import open_cuda
from framecast_runner.engine_cache import cached_engine, engine_key
from framecast_runner.model_inputs import match_inputs, shape_text
from framecast_runner.precision import PLACEHOLDER_NOTE, check_model_precision, set_placeholder_ranges

# ILogger.Severity: errors have the lowest numbers.
SEVERITY_ERROR = 1
SEVERITY_INFO = 3


def make_tensorrt_logger(trt, log):
    """A logger that writes to the job's log and keeps the last errors, with the plugins made known. It must live as long as what it is given to."""

    class RunnerLogger(trt.ILogger):
        def __init__(self):
            trt.ILogger.__init__(self)
            self.errors = MessageKeeper()

        def log(self, severity, message):
            try:
                level = int(severity)
                if level <= SEVERITY_INFO:
                    log('[TRT] [%s] %s' % ('FEWIV'[max(0, min(level, 4))], message))
                self.errors.add(message, level <= SEVERITY_ERROR)
            except Exception:  # this is called from C++, which an exception would end
                pass

    logger = RunnerLogger()
    if hasattr(trt, 'init_libnvinfer_plugins'):
        trt.init_libnvinfer_plugins(logger, '')
    return logger


def build_with_tensorrt(spec, run, root, log):
    """Makes the engine of a run, or finds it. Gives the fields of build-<i>.json; raises RunFailure."""
    import tensorrt as trt

    cuda = open_cuda()
    software = {'tensorrt': trt.__version__, 'cuda': cuda.runtime_version()}
    key = engine_key(run, trt.__version__, cuda.device_name())
    logger = make_tensorrt_logger(trt, log)
    notes = []
    model_path = os.path.join(root, run['model']['path'])
    engine = cached_engine(
        root,
        key,
        lambda path: _loads_with_tensorrt(trt, logger, path),
        lambda part: notes.extend(_write_engine(trt, logger, run, model_path, part, log)),
        log,
    )
    return {'way': 'tensorrt-python', 'engine': engine, 'software': software, 'notes': notes}


def load_with_tensorrt(trt, logger, path):
    """(runtime, engine): the engine needs the runtime for as long as it lives. The engine is None if it is refused."""
    runtime = trt.Runtime(logger)
    with open(path, 'rb') as file:
        return runtime, runtime.deserialize_cuda_engine(file.read())


def _loads_with_tensorrt(trt, logger, path):
    try:
        _runtime, engine = load_with_tensorrt(trt, logger, path)
    except (RuntimeError, TypeError, OSError):
        return False
    return engine is not None


def _write_engine(trt, logger, run, model_path, part, log):
    """Builds and serialises into the file `part`. Gives notes for the result."""
    tool = 'TensorRT %s' % trt.__version__
    if not hasattr(trt.BuilderFlag, 'FP16'):
        check_model_precision(tool, run)
    try:
        builder = trt.Builder(logger)
    except TypeError as error:  # what a constructor without a result becomes in Python
        raise RunFailure(
            'not-available',
            '%s could not start: %s' % (tool, telling_message(logger.errors.lines()) or str(error)[:400]),
            logger.errors.text(),
        )
    explicit = getattr(trt.NetworkDefinitionCreationFlag, 'EXPLICIT_BATCH', None)
    network = builder.create_network(0 if explicit is None else 1 << int(explicit))
    # The parser owns the weights: it must live until the engine is built.
    parser = trt.OnnxParser(network, logger)
    if not _parse_model(parser, model_path):
        raise _parser_failure(tool, parser, logger)

    config = builder.create_builder_config()
    workspace = run['workspaceMiB'] * 1024 * 1024
    if hasattr(config, 'set_memory_pool_limit'):
        config.set_memory_pool_limit(trt.MemoryPoolType.WORKSPACE, workspace)
    else:
        config.max_workspace_size = workspace
    notes = _set_precision(trt, builder, network, config, run, tool)
    _choose_shapes(builder, network, config, run, log)
    if hasattr(builder, 'build_serialized_network'):
        plan = builder.build_serialized_network(network, config)
    else:
        engine = builder.build_engine(network, config)
        plan = None if engine is None else engine.serialize()
    if plan is None:
        raise build_failure(tool, logger.errors.lines(), logger.errors.text())
    with open(part, 'wb') as file:
        file.write(plan)
    return notes


def _set_precision(trt, builder, network, config, run, tool):
    """Tells TensorRT up to 10 which precisions it may compute in. Gives notes for the result."""
    if run['runtime'] == 'tensorrt-fp32':
        if hasattr(trt.BuilderFlag, 'TF32'):
            config.clear_flag(trt.BuilderFlag.TF32)
        return []
    if not hasattr(trt.BuilderFlag, 'FP16'):
        return []
    notes = []
    if not getattr(builder, 'platform_has_fast_fp16', True):
        notes.append('TensorRT says that this GPU has no fast FP16.')
    config.set_flag(trt.BuilderFlag.FP16)
    if run['runtime'] == 'tensorrt-int8':
        if not getattr(builder, 'platform_has_fast_int8', True):
            raise RunFailure('unsupported', '%s says that this GPU has no INT8. Measure FP16.' % tool)
        config.set_flag(trt.BuilderFlag.INT8)
        if set_placeholder_ranges(trt, network):
            notes.append(PLACEHOLDER_NOTE)
    return notes


def _parse_model(parser, model_path):
    """From the file where the parser can, which finds external data next to it and keeps no second copy."""
    if hasattr(parser, 'parse_from_file'):
        return parser.parse_from_file(model_path)
    # External data is looked up from the working directory.
    before = os.getcwd()
    os.chdir(os.path.dirname(model_path))
    try:
        with open(model_path, 'rb') as file:
            return parser.parse(file.read())
    finally:
        os.chdir(before)


def _parser_failure(tool, parser, logger):
    messages = logger.errors.lines()
    for index in range(min(parser.num_errors, 20)):
        error = parser.get_error(index)
        if 'UNSUPPORTED_NODE' in str(error.code()) and hasattr(error, 'node_operator') and error.node_operator():
            # In the words of the log of other versions.
            messages.append('While parsing node number %d [%s]' % (error.node(), error.node_operator()))
        messages.append('[%d] %s' % (int(error.code()), error.desc()))
        messages.append('In node %d (%s): %s' % (error.node(), error.func(), error.code()))
    return build_failure(tool, messages, '\n'.join(messages)[-16000:])


def _choose_shapes(builder, network, config, run, log):
    """Gives every free size of an input the one that was asked for, through one optimisation profile."""
    inputs = [network.get_input(index) for index in range(network.num_inputs)]
    declared = []
    for tensor in inputs:
        if tensor.is_shape_tensor:
            raise RunFailure(
                'unsupported',
                'The values of the input %s decide the sizes inside the model, so it cannot be timed with random '
                'input. Export the model with fixed sizes.' % tensor.name,
            )
        declared.append((tensor.name, [int(size) for size in tensor.shape]))
    shapes = match_inputs(run, declared)
    for name in sorted(set(entry['name'] for entry in run['inputs']) - set(shapes)):
        log('The network has no input %s: TensorRT left it out.' % name)
    profile = None
    for name, own in declared:
        if any(size < 0 for size in own):
            profile = profile or builder.create_optimization_profile()
            profile.set_shape(name, shapes[name], shapes[name], shapes[name])
            log('The input %s runs at %s.' % (name, shape_text(shapes[name])))
    if profile is not None:
        config.add_optimization_profile(profile)
