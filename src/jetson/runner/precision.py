"""The precision that an engine is built in. From TensorRT 11 on it is that of the model's own types."""

from framecast_runner.board_files import RunFailure

# What a runtime wants of the model's types where TensorRT does not choose them.
MODEL_PRECISIONS = {'tensorrt-fp16': 'fp16', 'tensorrt-int8': 'int8', 'tensorrt-fp32': 'fp32'}

# Range of every tensor for INT8 without calibration: any will do, as only the time is wanted.
PLACEHOLDER_RANGE = 4.0

PLACEHOLDER_NOTE = 'INT8 with placeholder ranges, for timing alone: the outputs mean nothing.'


def is_strongly_typed(version):
    """Whether a TensorRT (its version as numbers) has lost the flags for FP16 and INT8."""
    return tuple(version) >= (11, 0)


def check_model_precision(tool, run):
    """Raises RunFailure unless the model has the types that its runtime asks for. `tool` is e.g. `TensorRT 11.4.1`."""
    wanted, own = MODEL_PRECISIONS[run['runtime']], run.get('precision') or 'fp32'
    if own != wanted:
        raise RunFailure(
            'unsupported',
            '%s computes in the types of the model, and the model that was sent is %s where %s was asked for. Measure it '
            'as %s, or export it in %s.' % (tool, own.upper(), wanted.upper(), own.upper(), wanted.upper()),
        )


def set_placeholder_ranges(trt, network):
    """Gives every tensor a range for INT8. False, and nothing is done, where the model brings its own quantisation."""
    layers = [network.get_layer(index) for index in range(network.num_layers)]
    quantize = getattr(trt.LayerType, 'QUANTIZE', None)
    if quantize is not None and any(layer.type == quantize for layer in layers):
        return False
    tensors = [network.get_input(index) for index in range(network.num_inputs)]
    tensors += [layer.get_output(index) for layer in layers for index in range(layer.num_outputs)]
    for tensor in tensors:
        if tensor is not None and tensor.dtype in (trt.DataType.FLOAT, trt.DataType.HALF):
            tensor.set_dynamic_range(-PLACEHOLDER_RANGE, PLACEHOLDER_RANGE)
    return True
