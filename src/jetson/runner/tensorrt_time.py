"""Times an engine with TensorRT's Python module, its inputs and outputs in memory of our own."""

import ctypes
import os

from framecast_runner.board_files import RunFailure
from framecast_runner.build_errors import out_of_memory, telling_message
from framecast_runner.cuda import open_cuda
from framecast_runner.engine_cache import drop_engine
from framecast_runner.layer_times import PROFILED_RUNS, layers_of_totals, make_layer_profiler
from framecast_runner.model_inputs import (
    ELEMENT_BYTES,
    element_count,
    match_inputs,
    preload,
    shape_text,
    tensorrt_type,
)
from framecast_runner.tensorrt_build import load_with_tensorrt, make_tensorrt_logger
from framecast_runner.trial_clock import protocol_of, time_trials


def time_with_tensorrt(spec, run, built, root, log):
    """Times the engine that `built` (build-<i>.json) names. Gives the fields of time-<i>.json; raises RunFailure."""

    def measure(ready):
        ready.update(zip(('freeBytes', 'totalBytes'), ready['cuda'].memory()))
        ready['times'] = time_trials(ready['start'], ready['synchronize'], run['warmupRuns'], run['trials'])

    ready = _with_engine(run, built, root, log, measure)
    return {
        'way': 'tensorrt-python',
        'trialTimesMs': ready['times'],
        'software': ready['software'],
        'protocol': protocol_of(
            run,
            'host clock, from before %s to after cudaStreamSynchronize' % ready['call'],
            [tensor for tensor in ready['tensors'] if tensor['kind'] == 'input'],
            spin=ready['spin'],
            freeBytes=ready['freeBytes'],
            totalBytes=ready['totalBytes'],
        ),
        'notes': [],
    }


def profile_with_tensorrt(spec, run, built, root, log):
    """The layers of a timed engine and their times. Gives the fields of layers-<i>.json; raises RunFailure."""

    def measure(ready):
        for _ in range(5):
            ready['start']()
            ready['synchronize']()
        # From here on every run is reported, layer by layer.
        # Kept for longer than the context that calls it.
        ready['profiler'] = profiler = make_layer_profiler(ready['trt'])
        ready['context'].profiler = profiler
        for _ in range(PROFILED_RUNS):
            ready['start']()
            ready['synchronize']()
        ready['layers'] = layers_of_totals(profiler.totals, PROFILED_RUNS)

    ready = _with_engine(run, built, root, log, measure)
    return {'way': 'tensorrt-python', 'layers': ready['layers'], 'software': ready['software']}


def _with_engine(run, built, root, log, measure):
    """
    Loads an engine, fills its inputs, and hands what is needed to run it to `measure`, which adds what it found to the
    same dictionary. Gives that; raises RunFailure.
    """
    import tensorrt as trt

    cuda = open_cuda()
    # Before anything touches the device.
    spin = cuda.spin()
    logger = make_tensorrt_logger(trt, log)
    runtime, engine = load_with_tensorrt(trt, logger, os.path.join(root, built['engine']['path']))
    if engine is None:
        drop_engine(root, built['engine']['key'])
        raise RunFailure(
            'out-of-memory' if out_of_memory(logger.errors.lines()) else 'run-failed',
            'TensorRT %s did not load the engine that was built: %s It was removed; run again to build a new one.'
            % (trt.__version__, telling_message(logger.errors.lines()) or 'it gave no reason.'),
            logger.errors.text(),
        )
    context = engine.create_execution_context()
    if context is None:
        raise _execution_failure(trt, logger, 'prepare')

    ready = {'trt': trt, 'cuda': cuda, 'spin': spin, 'context': context}
    allocated = []
    on_host = []
    stream = start = None
    try:
        stream = cuda.stream_create()
        tensors = _tensors_of(trt, engine, context, run)
        for tensor in tensors:
            size = element_count(tensor['shape']) * ELEMENT_BYTES[tensor['dataType']]
            if tensor['onHost']:
                on_host.append(ctypes.create_string_buffer(max(1, size)))
                tensor['address'] = ctypes.addressof(on_host[-1])
            else:
                tensor['address'] = cuda.malloc(size)
                allocated.append(tensor['address'])
            log('%s %s: %s %s' % (tensor['kind'], tensor['name'], tensor['dataType'], shape_text(tensor['shape'])))
            if tensor['kind'] == 'input' and not tensor['onHost']:
                preload(cuda, tensor['address'], tensor['dataType'], element_count(tensor['shape']))
        start, call = _starter(trt, engine, context, logger, tensors, stream)
        ready.update(tensors=tensors, call=call, start=start, synchronize=lambda: cuda.stream_synchronize(stream))
        measure(ready)
    finally:
        # Before the memory that they may still use.
        ready.pop('start', None)
        ready.pop('context', None)
        del start, context
        for address in allocated:
            cuda.free(address)
        if stream is not None:
            cuda.stream_destroy(stream)
        del engine
        del runtime
    ready['software'] = {'tensorrt': trt.__version__, 'cuda': cuda.runtime_version()}
    return ready


def _tensors_of(trt, engine, context, run):
    """Every input and output: by its name, as TensorRT from 8.5 on has them, by its index before."""
    if hasattr(engine, 'num_io_tensors'):
        keys = names = [engine.get_tensor_name(index) for index in range(engine.num_io_tensors)]
        inputs = [name for name in names if engine.get_tensor_mode(name) == trt.TensorIOMode.INPUT]
        own_shape, set_shape, shape_of = engine.get_tensor_shape, context.set_input_shape, context.get_tensor_shape
        type_of, place_of = engine.get_tensor_dtype, engine.get_tensor_location
    else:
        keys = range(engine.num_bindings)
        names = [engine.get_binding_name(index) for index in keys]
        inputs = [index for index in keys if engine.binding_is_input(index)]
        own_shape, set_shape, shape_of = engine.get_binding_shape, context.set_binding_shape, context.get_binding_shape
        type_of, place_of = engine.get_binding_dtype, engine.get_location
    name_of = dict(zip(keys, names))
    declared = {key: [int(size) for size in own_shape(key)] for key in inputs}
    shapes = match_inputs(run, [(name_of[key], own) for key, own in declared.items()])
    for key, own in declared.items():
        shape = shapes[name_of[key]]
        if any(size < 0 for size in own) and set_shape(key, tuple(shape)) is False:
            raise RunFailure(
                'run-failed',
                'TensorRT %s did not take %s for the input %s.' % (trt.__version__, shape_text(shape), name_of[key]),
            )
    return [
        {
            'name': name,
            'kind': 'input' if key in inputs else 'output',
            'dataType': tensorrt_type(name, type_of(key)),
            'shape': _known_sizes(name, shape_of(key)),
            # Sizes that the model computes and gives out are written by the host.
            'onHost': place_of(key) == trt.TensorLocation.HOST,
        }
        for key, name in name_of.items()
    ]


def _known_sizes(name, shape):
    sizes = [int(size) for size in shape]
    if any(size < 0 for size in sizes):
        raise RunFailure(
            'unsupported',
            'The size of the output %s depends on what is in the input, so the model cannot be timed with random '
            'inputs. Cut the model before that output.' % name,
        )
    return sizes


def _starter(trt, engine, context, logger, tensors, stream):
    """(a function that starts one batch, the name of TensorRT's own): the v3 interface if there is one, else v2."""
    if hasattr(engine, 'num_io_tensors') and hasattr(context, 'execute_async_v3'):
        for tensor in tensors:
            # True or nothing, by version.
            if context.set_tensor_address(tensor['name'], tensor['address']) is False:
                raise _execution_failure(trt, logger, 'take the memory of')

        def start_named():
            if not context.execute_async_v3(stream):
                raise _execution_failure(trt, logger, 'run')

        return start_named, 'execute_async_v3'
    bindings = [tensor['address'] for tensor in tensors]

    def start_indexed():
        if not context.execute_async_v2(bindings, stream):
            raise _execution_failure(trt, logger, 'run')

    return start_indexed, 'execute_async_v2'


def _execution_failure(trt, logger, what):
    messages = logger.errors.lines()
    if out_of_memory(messages):
        return RunFailure(
            'out-of-memory',
            'The board ran out of memory while TensorRT was to %s the network. Close other programs on it, or use a '
            'smaller batch.' % what,
            logger.errors.text(),
        )
    return RunFailure(
        'run-failed',
        'TensorRT %s could not %s the network: %s' % (trt.__version__, what, telling_message(messages) or 'no reason given.'),
        logger.errors.text(),
    )
