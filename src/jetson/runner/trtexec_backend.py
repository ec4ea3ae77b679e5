"""Builds and times with trtexec, where TensorRT's Python module is missing: the same protocol, by its version."""

import os
import re

from framecast_runner.board_files import RunFailure, file_text, job_folder, report_progress, sysroot_path
from framecast_runner.build_errors import build_failure, out_of_memory, telling_message
from framecast_runner.cuda import open_cuda
from framecast_runner.engine_cache import cached_engine, drop_engine, engine_key
from framecast_runner.layer_times import layers_of_file
from framecast_runner.precision import PLACEHOLDER_NOTE, check_model_precision, is_strongly_typed
from framecast_runner.tool_process import run_tool
from framecast_runner.trial_clock import protocol_of
from framecast_runner.trtexec_log import TrtexecLog, check_shapes, checked_times, exported_times
from framecast_runner.trtexec_version import (
    TRTEXEC_MISSING,
    TRTEXEC_WARMUP_MS,
    build_options,
    check_options,
    exports_times,
    profile_options,
    time_options,
    trtexec_path,
    trtexec_version,
)


def build_with_trtexec(spec, run, root, log):
    """Makes the engine of a run, or finds it. Gives the fields of build-<i>.json; raises RunFailure."""
    version = trtexec_version(log)
    name = 'trtexec %d.%d.%d' % version
    if is_strongly_typed(version):
        check_model_precision(name, run)
    gpu, cuda_version = _gpu_and_cuda()
    software = {'tensorrt': '%d.%d.%d' % version, 'cuda': cuda_version}
    key = engine_key(run, software['tensorrt'], gpu)

    def works(path):
        return _run_trtexec(check_options(version, run, path), log, TrtexecLog(1)) == 0

    def build(part):
        heard = TrtexecLog(1)
        code = _run_trtexec(build_options(version, run, os.path.join(root, run['model']['path']), part), log, heard)
        if code != 0:
            raise _trtexec_failure(name, code, heard)
        if not os.path.exists(part) or os.path.getsize(part) == 0:
            raise RunFailure('build-failed', '%s finished but left no engine. Run again.' % name, heard.tail())

    engine = cached_engine(root, key, works, build, log)
    # A model that quantises by itself brings its own ranges.
    is_made_up = run['runtime'] == 'tensorrt-int8' and run.get('precision') != 'int8'
    notes = [PLACEHOLDER_NOTE] if is_made_up else []
    return {'way': 'trtexec', 'engine': engine, 'software': software, 'notes': notes}


def time_with_trtexec(spec, run, run_index, built, root, log):
    """Times the engine that `built` (build-<i>.json) names. Gives the fields of time-<i>.json; raises RunFailure."""
    version = tuple(int(number) for number in built['software']['tensorrt'].split('.'))
    name = 'trtexec %d.%d.%d' % version
    path = os.path.join(root, built['engine']['path'])
    times_path = os.path.join(job_folder(root, spec['jobId']), 'times-%d.json' % run_index)
    heard = TrtexecLog(run['trials'])
    report_progress(trialsDone=0, trials=run['trials'])
    try:
        code = _run_trtexec(time_options(version, run, path, times_path), log, heard)
        if code != 0:
            raise _timing_failure(name, code, heard, root, built)
        check_shapes(heard.shapes, run)
        if exports_times(version):
            times = exported_times(times_path, run['trials'])
        else:
            times = checked_times(list(heard.times), run['trials'])
    finally:
        if os.path.exists(times_path):
            os.remove(times_path)
    report_progress(trialsDone=len(times), trials=run['trials'])
    return {
        'way': 'trtexec',
        'program': trtexec_path(),
        'trialTimesMs': times,
        'software': built['software'],
        # Host latency would add the copies of inputs and outputs, which are not part of a trial.
        'protocol': protocol_of(
            run,
            'GPU compute time by trtexec: from the start of the batch on the stream to its end',
            run['inputs'],
            spin=True,
            warmupRuns=None,
            warmupMs=TRTEXEC_WARMUP_MS,
        ),
        'notes': [],
    }


def profile_with_trtexec(spec, run, run_index, built, root, log):
    """The layers of a timed engine and their times. Gives the fields of layers-<i>.json; raises RunFailure."""
    version = tuple(int(number) for number in built['software']['tensorrt'].split('.'))
    profile_path = os.path.join(job_folder(root, spec['jobId']), 'profile-%d.json' % run_index)
    heard = TrtexecLog(1)
    try:
        path = os.path.join(root, built['engine']['path'])
        code = _run_trtexec(profile_options(version, run, path, profile_path), log, heard)
        if code != 0:
            raise _timing_failure('trtexec %d.%d.%d' % version, code, heard, root, built)
        return {'way': 'trtexec', 'layers': layers_of_file(profile_path), 'software': {}}
    finally:
        if os.path.exists(profile_path):
            os.remove(profile_path)


def _run_trtexec(options, log, heard):
    program = trtexec_path()
    if program is None:
        raise RunFailure(
            'not-available',
            'On this board, %s. Install the TensorRT packages of its JetPack.' % TRTEXEC_MISSING,
        )
    log('Runs %s %s' % (program, ' '.join(options)))
    return run_tool([program] + options, log, heard.line)


def _gpu_and_cuda():
    """(GPU, CUDA's version). Without CUDA's runtime library, the board's name is used for its GPU."""
    try:
        cuda = open_cuda()
        return cuda.device_name(), cuda.runtime_version()
    except RunFailure:
        return file_text(sysroot_path('/proc/device-tree/model')) or 'unknown', None


def _trtexec_failure(name, code, heard):
    """Why trtexec ended with this exit code: by what it wrote, and by the signal if there is one."""
    messages = heard.messages.lines()
    if code in (-9, 137):
        return RunFailure(
            'out-of-memory',
            'The board\'s system killed %s because memory ran out. Close other programs on it, add swap, or use a smaller '
            'batch.' % name,
            heard.tail(),
        )
    unknown = [message for message in messages if 'nknown option' in message]
    if unknown:
        return RunFailure(
            'build-failed',
            '%s does not take an option that its version is known to take: %s' % (name, unknown[0][-200:]),
            heard.tail(),
        )
    if not messages:
        ended = 'signal %d' % -code if code < 0 else 'exit code %d' % code
        last = heard.last[-1][:300] if heard.last else 'it wrote nothing.'
        return RunFailure('build-failed', '%s ended with %s: %s' % (name, ended, last), heard.tail())
    return build_failure(name, messages, heard.tail())


def _timing_failure(name, code, heard, root, built):
    messages = heard.messages.lines()
    if code in (-9, 137) or out_of_memory(messages):
        return RunFailure(
            'out-of-memory',
            'The board ran out of memory while %s ran the network. Close other programs on it, or use a smaller batch.'
            % name,
            heard.tail(),
        )
    load = any(re.search(r'deserializ|serialization|(?:opening|loading) engine', text, re.IGNORECASE) for text in messages)
    if load:
        drop_engine(root, built['engine']['key'])
    return RunFailure(
        'run-failed',
        '%s could not %s: %s%s'
        % (
            name,
            'load the engine' if load else 'run the network',
            telling_message(messages) or 'it ended with code %d.' % code,
            ' The engine was removed; run again to build a new one.' if load else '',
        ),
        heard.tail(),
    )
