"""Times a TorchScript file with the board's PyTorch, the paper's third configuration."""

import os
import re

from framecast_runner.board_files import RunFailure
from framecast_runner.trial_clock import protocol_of, time_trials

NO_CUDA = (
    'PyTorch on this board has no CUDA, so the network would run on the CPU, which is not what a benchmark of the '
    'board measures. Install NVIDIA\'s PyTorch for its JetPack, or allow the CPU to be timed.'
)


def time_with_pytorch(spec, run, root, log):
    """Times a run whose model has a TorchScript file. Gives the fields of time-<i>.json; raises RunFailure."""
    path = torchscript_path(run, root)
    torch = _import_torch()
    on_gpu = bool(torch.cuda.is_available())
    if not on_gpu and spec.get('allowCpu') is not True:
        raise RunFailure('not-available', NO_CUDA)
    device = torch.device('cuda' if on_gpu else 'cpu')
    half = run['runtime'] == 'pytorch-fp16'
    if on_gpu:
        # Whole FP32, as TensorRT computes it; versions before 1.7 have no other.
        for part in (torch.backends.cudnn, getattr(torch.backends.cuda, 'matmul', None)):
            if hasattr(part, 'allow_tf32'):
                part.allow_tf32 = False
    log('PyTorch %s on %s' % (torch.__version__, 'the GPU' if on_gpu else 'the CPU'))
    try:
        with torch.no_grad():
            module = torch.jit.load(path, map_location=device)
            module.eval()
            if half:
                module.half()
            inputs = [_torch_input(torch, entry, device, half) for entry in run['inputs']]
            synchronize = torch.cuda.synchronize if on_gpu else _nothing_to_wait_for
            synchronize()
            times = time_trials(lambda: module(*inputs), synchronize, run['warmupRuns'], run['trials'])
    except (RuntimeError, TypeError, ValueError) as error:
        raise _torch_failure(error, half, on_gpu)
    notes = [] if on_gpu else ['The network ran on the CPU of the board, not on its GPU.']
    return {
        'way': 'pytorch',
        'trialTimesMs': times,
        'software': {'torch': torch.__version__, 'cuda': torch.version.cuda},
        'protocol': protocol_of(
            run,
            'host clock, from before the forward pass to after %s'
            % ('torch.cuda.synchronize' if on_gpu else 'it returned'),
            [dict(entry, dataType=str(tensor.dtype).split('.')[-1]) for entry, tensor in zip(run['inputs'], inputs)],
            device='cuda' if on_gpu else 'cpu',
            workspaceMiB=None,
        ),
        'notes': notes,
    }


def torchscript_path(run, root):
    name = run['model'].get('torchscript')
    if not name:
        raise RunFailure(
            'not-available',
            'PyTorch needs a TorchScript file of the model next to the ONNX file: export one with torch.jit.trace(...)'
            '.save(...), under the same name with the ending .pt.',
        )
    path = os.path.join(root, name)
    if not os.path.isfile(path):
        raise RunFailure('run-failed', 'The TorchScript file %s is no longer on the board. Run again.' % name)
    return path


def _import_torch():
    try:
        import torch
    except (ImportError, OSError) as error:
        raise RunFailure(
            'not-available',
            'PyTorch cannot be imported on this board (%s). Install NVIDIA\'s PyTorch for its JetPack, for the user '
            'that logs in.' % str(error)[:300],
        )
    return torch


def _torch_input(torch, entry, device, half):
    """Random floats in [-1, 1], and zeros for integers, which may be indices."""
    shape = [int(size) for size in entry['shape']]
    if entry['dataType'] in ('float16', 'float32', 'float64', 'bfloat16'):
        data_type = torch.float16 if half else getattr(torch, entry['dataType'])
        return torch.empty(shape, device=device).uniform_(-1.0, 1.0).to(data_type)
    data_type = getattr(torch, entry['dataType'], None)
    if data_type is None:
        raise RunFailure(
            'unsupported', 'PyTorch has no type %s, which the input %s needs.' % (entry['dataType'], entry['name'])
        )
    return torch.zeros(shape, dtype=data_type, device=device)


def _nothing_to_wait_for():
    """On the CPU, a forward pass is over when it returns."""


def _torch_failure(error, half, on_gpu):
    text = str(error)
    if re.search(r'out of memory|can.t allocate memory|not enough memory', text, re.IGNORECASE):
        return RunFailure(
            'out-of-memory',
            'PyTorch ran out of memory on the board. Close other programs on it, or use a smaller batch.',
            text[-4000:],
        )
    if half and not on_gpu and re.search(r'not implemented for .?Half|Half', text):
        return RunFailure(
            'unsupported',
            'PyTorch cannot run this network in half precision on the CPU. Measure it with pytorch-fp32.',
            text[-4000:],
        )
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    # TorchScript puts the reason last, after its own stack.
    reason = lines[-1] if lines else type(error).__name__
    return RunFailure('run-failed', 'PyTorch could not run the TorchScript file: %s' % reason[:400], text[-4000:])
