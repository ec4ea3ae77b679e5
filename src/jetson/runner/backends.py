"""Builds and times one run with the backend that its runtime asks for and the board has."""

import errno
import os
import platform
import subprocess
import sys
import traceback

from framecast_runner.board_files import (
    RunFailure,
    job_folder,
    read_json_file,
    report_progress,
    say,
    write_json_file,
)
from framecast_runner.pytorch_backend import time_with_pytorch, torchscript_path
from framecast_runner.tensorrt_build import build_with_tensorrt
from framecast_runner.tensorrt_time import profile_with_tensorrt, time_with_tensorrt
from framecast_runner.trtexec_version import TRTEXEC_MISSING, trtexec_path
from framecast_runner.trtexec_backend import build_with_trtexec, profile_with_trtexec, time_with_trtexec

SOFTWARE = ('tensorrt', 'cuda', 'torch', 'python')


def build_run(spec, run_index, root, log):
    """Makes the engine of a run. Gives what is written to build-<i>.json; raises RunFailure."""
    run = spec['runs'][run_index]
    backend = choose_backend(run, log)
    if backend == 'pytorch':
        torchscript_path(run, root)
        return {'way': backend, 'engine': None, 'software': {}, 'notes': []}
    if not os.path.isfile(os.path.join(root, run['model']['path'])):
        raise RunFailure('build-failed', 'The model is no longer on the board. Run again to upload it.')
    return (build_with_tensorrt if backend == 'tensorrt-python' else build_with_trtexec)(spec, run, root, log)


def time_run(spec, run_index, root, log):
    """Times a run whose engine is there. Gives what is written to time-<i>.json; raises RunFailure."""
    run = spec['runs'][run_index]
    built = _built(spec, run_index, root)
    if built['way'] == 'pytorch':
        return time_with_pytorch(spec, run, root, log)
    if built['way'] == 'trtexec':
        return time_with_trtexec(spec, run, run_index, built, root, log)
    return time_with_tensorrt(spec, run, built, root, log)


def profile_run(spec, run_index, root, log):
    """The layers of a timed run and their times. Gives what is written to layers-<i>.json; raises RunFailure."""
    run = spec['runs'][run_index]
    built = _built(spec, run_index, root)
    if built['way'] == 'pytorch':
        raise RunFailure('unsupported', 'PyTorch does not tell the times of layers.')
    if built['way'] == 'trtexec':
        return profile_with_trtexec(spec, run, run_index, built, root, log)
    return profile_with_tensorrt(spec, run, built, root, log)


def _built(spec, run_index, root):
    """What the build of a run left; raises RunFailure if that is no engine."""
    try:
        built = read_json_file(os.path.join(job_folder(root, spec['jobId']), 'build-%d.json' % run_index))
    except (OSError, ValueError):
        built = {}
    if built.get('ok') is not True:
        raise RunFailure('run-failed', 'There is nothing to time: the build of this run left no engine.')
    if built['way'] != 'pytorch' and not os.path.isfile(os.path.join(root, built['engine']['path'])):
        raise RunFailure('run-failed', 'The engine is no longer on the board. Run again to build it.')
    return built


STAGES = {'build': build_run, 'time': time_run, 'layers': profile_run}


def choose_backend(run, log):
    """'tensorrt-python', 'trtexec' or 'pytorch'; raises RunFailure with what is missing where none can do it."""
    if run['runtime'].startswith('pytorch-'):
        return 'pytorch'
    if run['way'] in ('auto', 'tensorrt-python'):
        refusal = tensorrt_refusal()
        if refusal is None:
            return 'tensorrt-python'
        log('python3 cannot import tensorrt: %s' % refusal)
        if run['way'] == 'tensorrt-python':
            raise RunFailure(
                'not-available',
                'python3 on this board cannot import tensorrt (%s). Install python3-libnvinfer, or use trtexec.' % refusal,
            )
    if trtexec_path() is None:
        raise RunFailure(
            'not-available',
            'TensorRT is not usable on this board: %s%s. Install the TensorRT packages of its JetPack (sudo apt install '
            'tensorrt python3-libnvinfer).'
            % ('' if run['way'] == 'trtexec' else 'python3 cannot import tensorrt (%s), and ' % refusal, TRTEXEC_MISSING),
        )
    return 'trtexec'


def tensorrt_refusal():
    """Why `import tensorrt` fails, or None. In a process of its own: a library that does not fit the board can crash."""
    child = subprocess.Popen(
        [sys.executable or 'python3', '-c', 'import tensorrt; tensorrt.Builder; tensorrt.OnnxParser'],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )
    output = child.communicate()[1].decode('utf-8', 'replace').strip()
    if child.returncode == 0:
        return None
    if child.returncode < 0:
        return 'it ends with signal %d' % -child.returncode
    return output.splitlines()[-1][:300] if output else 'exit code %d' % child.returncode


def run_stage(stage, spec, run_index, root):
    """Runs 'build', 'time' or 'layers' and leaves its outcome, good or bad, in jobs/<id>/<stage>-<i>.json. 0 when it went well."""
    outcome = {'schema': 1, 'run': run_index}
    try:
        outcome.update(STAGES[stage](spec, run_index, root, say))
        software = dict.fromkeys(SOFTWARE)
        software.update(outcome['software'], python=platform.python_version())
        outcome.update(ok=True, software=software)
    except RunFailure as failure:
        outcome.update(failed_outcome(failure.code, failure.message, failure.log_tail))
    except MemoryError:
        outcome.update(
            failed_outcome(
                'out-of-memory',
                'The board ran out of memory. Close other programs on it or add swap, then run again.',
                '',
            )
        )
    except Exception as error:  # whatever it was, the job must end with a result that says so
        full = isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT)
        usual = 'build-failed' if stage == 'build' else 'run-failed'
        outcome.update(
            failed_outcome(
                'disk-full' if full else usual,
                'The disk of the board is full. Make room on it and run again.'
                if full
                else 'The runner failed on the board: %s: %s' % (type(error).__name__, str(error)[:500]),
                traceback.format_exc()[-4000:],
            )
        )
        say(traceback.format_exc())
    if not outcome['ok']:
        say('%s: %s' % (outcome['error']['code'], outcome['error']['message']))
    try:
        write_json_file(os.path.join(job_folder(root, spec['jobId']), '%s-%d.json' % (stage, run_index)), outcome)
    except OSError:
        # A full disk must not cost what was measured: the supervisor takes it from here.
        report_progress(outcome=outcome)
    return 0 if outcome['ok'] else 1


def failed_outcome(code, message, log_tail):
    return {'ok': False, 'error': {'code': code, 'message': message, 'logTail': log_tail}}
