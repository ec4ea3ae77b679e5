"""Which trtexec a board has, and which options that version takes."""

import glob
import os
import re
import shutil

from framecast_runner.board_files import RunFailure, sysroot_path
from framecast_runner.layer_times import PROFILED_RUNS
from framecast_runner.model_inputs import shape_text
from framecast_runner.precision import is_strongly_typed
from framecast_runner.tool_process import run_tool

TRTEXEC_WARMUP_MS = 2000
TRTEXEC_OLDEST = (7, 1, 0)
# Where TensorRT's packages put it: up to JetPack 7.1, and from 7.2 on.
TRTEXEC_PATHS = ('/usr/src/tensorrt/bin/trtexec', '/usr/bin/trtexec')
TRTEXEC_MISSING = 'there is no trtexec in /usr/src/tensorrt/bin, in /usr/bin or on PATH'


def trtexec_path():
    """The first of TRTEXEC_PATHS that is there, else the one on PATH. None if it is missing."""
    for path in TRTEXEC_PATHS:
        if os.access(sysroot_path(path), os.X_OK):
            return sysroot_path(path)
    return shutil.which('trtexec')


def trtexec_version(log):
    """(major, minor, patch) by the banner of the program itself; 7.x has none there, so its library's name says it."""
    banner = []

    def keep(line):
        match = re.search(r'&&&& \w+ TensorRT\.trtexec(?: \[TensorRT v(\d{4,6})\])?', line)
        if match:
            banner.append(match.group(1))

    lines = []
    try:
        code = run_tool([trtexec_path(), '--help'], lines.append, keep)
    except OSError as error:
        raise RunFailure('not-available', 'trtexec cannot be started on this board: %s.' % error.strerror)
    if code != 0 and not banner:
        for line in lines[-40:]:
            log(line)
        raise RunFailure(
            'not-available',
            'trtexec does not run on this board (exit %d): %s Install the TensorRT packages of its JetPack again.'
            % (code, lines[-1][:300] if lines else 'it says nothing.'),
            '\n'.join(lines)[-4000:],
        )
    numbers = [int(number) for number in banner if number is not None]
    if numbers:
        return banner_version(numbers[0])
    installed = [version for version in libnvinfer_versions() if version[0] == 7]
    return installed[0] if installed else TRTEXEC_OLDEST


def banner_version(number):
    """8201 is 8.2.1 and 100300 is 10.3.0."""
    if number < 10000:
        return number // 1000, number % 1000 // 100, number % 100
    return number // 10000, number % 10000 // 100, number % 100


def libnvinfer_versions():
    """Versions of the installed TensorRT libraries, newest first."""
    found = set()
    for folder in ('/usr/lib/aarch64-linux-gnu', '/usr/lib/x86_64-linux-gnu'):
        for path in glob.glob(sysroot_path(folder) + '/libnvinfer.so.*'):
            match = re.search(r'libnvinfer\.so\.(\d+)\.(\d+)\.(\d+)$', path)
            if match:
                found.add(tuple(int(number) for number in match.groups()))
    try:
        with open(sysroot_path('/var/lib/dpkg/status'), 'r', encoding='utf-8', errors='replace') as status:
            package = ''
            for line in status:
                if line.startswith('Package: '):
                    package = line[len('Package: ') :].strip()
                match = re.match(r'Version: (\d+)\.(\d+)\.(\d+)', line)
                if match and re.match(r'libnvinfer\d+$', package):
                    found.add(tuple(int(number) for number in match.groups()))
    except OSError:
        pass
    return sorted(found, reverse=True)


def exports_times(version):
    """Whether --exportTimes leaves the timing alone: 7.x attaches the layer profiler with it."""
    return version >= (8, 0)


def build_options(version, run, model_path, engine_path):
    """Options that build an engine and stop. Shapes only for inputs with free sizes: a static model refuses them."""
    options = ['--onnx=' + model_path, '--saveEngine=' + engine_path]
    options.append('--skipInference' if version >= (8, 6) else '--buildOnly')
    options.append(
        ('--memPoolSize=workspace:%d' if version >= (8, 4) else '--workspace=%d') % run['workspaceMiB']
    )
    if run['runtime'] == 'tensorrt-fp32':
        options.append('--noTF32')
    elif not is_strongly_typed(version):
        # INT8 with FP16 for what has no INT8 kernel. Without calibration data, trtexec makes up the ranges itself.
        options += ['--int8', '--fp16'] if run['runtime'] == 'tensorrt-int8' else ['--fp16']
    return options + _batch_options(version) + shape_options(run)


def time_options(version, run, engine_path, times_path):
    """
    Options that time an engine as the protocol does: one batch at a time, each waited for, inputs on the device.
    `--iterations` counts what comes after the warm-up, and is the least that is run.
    """
    options = ['--loadEngine=' + engine_path, '--exposeDMA'] + _figure_options(version)
    options += ['--warmUp=%d' % TRTEXEC_WARMUP_MS, '--iterations=%d' % run['trials'], '--duration=0', '--avgRuns=1']
    if exports_times(version):
        options.append('--exportTimes=' + times_path)
    return options + _batch_options(version) + shape_options(run)


def profile_options(version, run, engine_path, profile_path):
    """Options of a run for the layers' times alone; nothing else of it is used, as the profiler slows it down."""
    options = ['--loadEngine=' + engine_path, '--exposeDMA'] + _figure_options(version)
    options += ['--warmUp=500', '--iterations=%d' % PROFILED_RUNS, '--duration=0', '--avgRuns=1']
    options += ['--dumpProfile', '--exportProfile=' + profile_path]
    if (8, 0) <= version < (11, 0):
        options.append('--separateProfileRun')
    return options + _batch_options(version) + shape_options(run)


def _figure_options(version):
    """
    What makes figures of all versions comparable. From 11.0 on, data stay on the device and waiting spins anyway, the
    options for that do nothing, and CUDA graphs must be switched off.
    """
    if is_strongly_typed(version):
        return ['--noCudaGraph']
    return ['--useSpinWait'] + (['--noDataTransfers'] if version >= (8, 0) else [])


def check_options(version, run, engine_path):
    """Options that load an engine and run it once, which shows that it can be used."""
    options = ['--loadEngine=' + engine_path, '--warmUp=0', '--iterations=1', '--duration=0', '--avgRuns=1']
    if is_strongly_typed(version):
        options.append('--noCudaGraph')
    return options + _batch_options(version) + shape_options(run)


def shape_options(run):
    dynamic = [entry for entry in run['inputs'] if entry['dynamic']]
    for entry in dynamic:
        if re.search('[,\']', entry['name']) or len(entry['shape']) == 0:
            raise RunFailure(
                'unsupported',
                'trtexec cannot be told the shape of the input %s. Rename the input, or install TensorRT\'s Python '
                'module (python3-libnvinfer).' % entry['name'],
            )
    if not dynamic:
        return []
    return ['--shapes=' + ','.join('%s:%s' % (entry['name'], shape_text(entry['shape'])) for entry in dynamic)]


def _batch_options(version):
    # Without it, 7.x takes an ONNX model, and 7.x and 8.0 a loaded engine, for one with an implicit batch.
    return ['--explicitBatch'] if version < (8, 2) else []
