"""The detached job: takes the board, builds and times one run after the other, and leaves a result for each."""

import contextlib
import json
import os
import select
import signal
import subprocess
import sys
import time
import traceback

from framecast_runner.board_files import job_folder
from framecast_runner.device_state import DuringRun, gpu_load, gpu_processes, out_of_memory_kills, sample_state
from framecast_runner.job_files import (
    JobLog,
    board_lock,
    fail_missing_runs,
    machine_holder,
    machine_lock,
    read_job_file,
    release_reserve,
    take_reserve,
    write_result,
    write_state,
)
from framecast_runner.post_mortem import end_orphans
from framecast_runner.power_sensors import PowerMeter, power_rails
from framecast_runner.processes import (
    JOB_MARK,
    boot_id,
    child_of_supervisor,
    end_processes,
    marked_processes,
    process_start_ticks,
)

PROGRESS = b'@framecast '

# Between asking processes to end and killing them.
GRACE_SECONDS = 3.0
# A small network is timed in less than a second; a sample costs a millisecond or two.
SAMPLE_SECONDS = 0.5
# Power is read from a few files; the sensors average over some milliseconds.
POWER_SECONDS = 0.1
STATE_SECONDS = 0.25
MOST_OUTCOME_BYTES = 8 << 20

# How long a result waits for space on a full disk.
FULL_DISK_SECONDS = 600.0


class Job:
    """What the supervisor of one job holds while it lives."""

    def __init__(self, root, job_id, spec, runner):
        self.root = root
        self.job_id = job_id
        self.folder = job_folder(root, job_id)
        self.spec = spec
        self.runner = runner
        self.log = JobLog(self.folder)
        self.stop_asked = False
        self.state = {'schema': 1, 'jobId': job_id, 'state': 'waiting', 'run': 0, 'runs': len(spec['runs'])}

    def is_cancelled(self):
        return self.stop_asked or os.path.exists(os.path.join(self.folder, 'cancel'))


def prepare_job(root, job_id, spec, runner):
    """Prepares a job for its supervisor while the process that starts it still listens. Raises OSError on a full disk."""
    job = Job(root, job_id, spec, runner)
    trials = sum(run['trials'] for run in spec['runs'])
    take_reserve(job.folder, 65536 * len(spec['runs']) + 32 * trials)
    write_state(job.folder, job.state, bootId=boot_id(), trialsDone=0, trials=0)
    return job


def supervise_job(job, lock):
    """Runs the whole job; `lock` is the board's if it is held already. Never raises."""
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, lambda number, frame: setattr(job, 'stop_asked', True))
    own = os.getpid()
    write_state(job.folder, job.state, pid=own, pgid=os.getpgrp(), startTicks=process_start_ticks(own))
    ending = 'failed'
    try:
        lock = _wait_for_board(job, lock)
        if lock is not None:
            end_orphans(job.root, job.folder)
        for run in range(len(job.spec['runs'])):
            _do_run(job, run)
        ending = 'cancelled' if job.is_cancelled() else 'finished'
    except Exception:
        job.log.say(traceback.format_exc())
        message = 'The job failed on the board by a fault of its own. Its log says where.'
        error = _stage_error('run-failed', message, job.log.tail_text())
        fail_missing_runs(job.folder, len(job.spec['runs']), error)
    finally:
        end_processes(lambda: marked_processes(job.folder), 0)
        release_reserve(job.folder)
        write_state(job.folder, job.state, state=ending)
        if lock is not None:
            os.ftruncate(lock, 0)


def _wait_for_board(job, lock):
    """The board's lock; None if the job was cancelled before it got it."""
    other_user = None
    while not job.is_cancelled():
        if lock is None:
            lock = board_lock(job.root)
        if lock is not None and machine_lock():
            break
        if lock is not None:
            holder = other_user = other_user or machine_holder()
        else:
            holder = read_job_file(job.root, 'board.lock') or {}
        if job.state.get('waitsFor') != holder:
            write_state(job.folder, job.state, waitsFor=holder)
            job.log.say('Another job runs on this board; waiting for it to end.')
        time.sleep(0.3)
    if lock is not None:
        os.ftruncate(lock, 0)
        os.pwrite(lock, json.dumps({'jobId': job.job_id, 'client': job.spec.get('client')}).encode(), 0)
    return lock


def _do_run(job, run):
    """Leaves result-<run>.json, whatever happens."""
    spec = job.spec['runs'][run]
    name = spec['model']['name']
    job.log.start_run()
    result = None
    if not job.is_cancelled():
        job.log.say('== %s on %s (%d of %d)' % (name, spec['runtime'], run + 1, len(job.spec['runs'])))
        write_state(job.folder, job.state, state='building', run=run, trialsDone=0, trials=spec['trials'])
    build, error = _do_stage(job, run, 'build', job.spec['limits']['buildSeconds'], None)
    if error is None:
        write_state(job.folder, job.state, state='timing')
        before = _sample_before_timing()
        during, power = DuringRun(), PowerMeter()
        timed, error = _do_stage(job, run, 'time', job.spec['limits']['timeSeconds'], (during, power))
        after = sample_state()
        if error is None:
            result = _good_result(build, timed, before, during, after)
            result['power'] = power.summary()
            if spec.get('layers'):
                _add_layers(job, run, result)
    if result is None:
        result = {'ok': False, 'error': error}
        job.log.say('%s: %s' % (error['code'], error['message']))
    result['standIn'] = bool(os.environ.get('FRAMECAST_SYSROOT'))
    deadline = time.monotonic() + FULL_DISK_SECONDS
    write_result(job.folder, run, result, lambda: time.monotonic() > deadline or job.is_cancelled())


def _good_result(build, timed, before, during, after):
    software = dict(build.get('software') or {})
    software.update({name: value for name, value in (timed.get('software') or {}).items() if value is not None})
    return {
        'ok': True,
        'way': timed['way'],
        'program': timed.get('program'),
        'trialTimesMs': timed['trialTimesMs'],
        'software': software,
        'engine': build.get('engine'),
        'protocol': timed.get('protocol'),
        'notes': list(build.get('notes') or []) + list(timed.get('notes') or []),
        'before': before['state'],
        'gpuProcesses': before['gpuProcesses'],
        'during': during.summary,
        'after': after,
    }


def _add_layers(job, run, result):
    """Profiles what was timed, in a process of its own after it: even if that fails, the figure is kept."""
    job.log.say('== Times of the layers')
    profiled, error = _do_stage(job, run, 'layers', job.spec['limits']['timeSeconds'], None)
    result['layers'] = None if profiled is None else profiled.get('layers')
    if error is not None:
        result['notes'].append('The times of the layers could not be measured: %s' % error['message'])


def _sample_before_timing():
    """The board at rest: the GPU may still be warm from the build, so the calmest of some samples counts."""
    calmest = sample_state()
    for _ in range(3):
        if not calmest['gpuLoad']:
            break
        time.sleep(0.5)
        again = sample_state()
        if again['gpuLoad'] is not None and again['gpuLoad'] <= calmest['gpuLoad']:
            calmest = again
    return {'state': calmest, 'gpuProcesses': gpu_processes()}


def _do_stage(job, run, stage, seconds, meters):
    """Runs one child process. Gives its outcome and None, or None and the error of the result."""
    spec = job.spec['runs'][run]
    if job.is_cancelled():
        return None, _stage_error('cancelled', 'The job was cancelled.', '')
    outcome_name = '%s-%d.json' % (stage, run)
    with contextlib.suppress(OSError):
        os.unlink(os.path.join(job.folder, outcome_name))
    kills_before = out_of_memory_kills()
    status, ending, outcome = _run_child(job, run, stage, seconds, meters)
    tail = job.log.tail_text()
    if ending == 'cancelled':
        return None, _stage_error('cancelled', 'The job was cancelled.', tail)
    if ending == 'timed-out':
        what = 'Building the engine' if stage == 'build' else 'Timing'
        hint = 'A smaller workspace or fewer precisions build faster' if stage == 'build' else 'Ask for fewer trials'
        return None, _stage_error('timed-out', '%s of %s took longer than %d s and was ended. %s, or allow more time.' % (
            what, spec['model']['name'], seconds, hint), tail)
    outcome = outcome or read_job_file(job.folder, outcome_name)
    if outcome is not None and outcome.get('ok') is True:
        return outcome, None
    if outcome is not None and isinstance(outcome.get('error'), dict):
        error = outcome['error']
        return None, _stage_error(error.get('code'), error.get('message'), error.get('logTail') or tail)
    killed_for_memory = status in (-signal.SIGKILL, 137)
    return None, _explain_death(stage, status, spec, tail, killed_for_memory, kills_before)


def _explain_death(stage, status, spec, tail, killed, kills_before):
    """The error of a child that left no outcome."""
    failed = 'build-failed' if stage == 'build' else 'run-failed'
    doing = 'building the engine of' if stage == 'build' else 'timing'
    what = '%s %s' % (doing, spec['model']['name'])
    if 'No space left on device' in tail or 'Disk quota exceeded' in tail:
        return _stage_error('disk-full', 'The disk of the board is full, so %s failed. Free some space on it.' % what, tail)
    if killed:
        kills = out_of_memory_kills()
        seen = kills is not None and kills_before is not None and kills > kills_before
        cause = 'The board ran out of memory while' if seen else 'The board killed the process, most likely for memory, while'
        remedy = 'Add swap or reduce the workspace (now %d MiB), and close other programs on the board.'
        return _stage_error('out-of-memory', '%s %s. %s' % (cause, what, remedy % spec['workspaceMiB']), tail)
    if status < 0:
        ending = 'was ended by signal %d' % -status
    else:
        ending = 'ended with exit code %d' % status
    return _stage_error(failed, 'The process %s %s and left no result. The log says more.' % (what, ending), tail)


def _stage_error(code, message, tail):
    return {'code': str(code), 'message': str(message)[:2000], 'logTail': str(tail)[-4000:]}


def _run_child(job, run, stage, seconds, meters):
    """
    Runs a stage in a process of its own: its exit status, 'ended', 'cancelled' or 'timed-out', and its outcome where
    it said it. `meters` are the samples of the board and of its power, where they are taken.
    """
    command = [sys.executable, job.runner, stage, '--root', job.root, '--job', job.job_id, '--run', str(run)]
    environment = dict(os.environ, LC_ALL='C', PYTHONUNBUFFERED='1')
    environment[JOB_MARK] = job.folder
    try:
        child = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            cwd=job.folder,
            env=environment,
            preexec_fn=child_of_supervisor(),
        )
    except (OSError, subprocess.SubprocessError) as error:
        job.log.say('The %s process cannot be started: %s' % (stage, error))
        return 1, 'ended', None
    output = child.stdout.fileno()
    os.set_blocking(output, False)
    reader = _OutputReader(job)
    deadline = time.monotonic() + seconds
    next_sample = time.monotonic() + SAMPLE_SECONDS / 4
    next_power = time.monotonic()
    ending = 'ended'
    load = None
    while True:
        ready, _, _ = select.select([output], [], [], 0.1)
        reader.take(output if ready else None)
        if child.poll() is not None:
            break
        if job.is_cancelled():
            ending = 'cancelled'
        elif time.monotonic() > deadline:
            ending = 'timed-out'
        if ending != 'ended':
            break
        if meters is not None and time.monotonic() >= next_sample:
            begin = time.monotonic()
            state = sample_state(with_power_mode=False)
            meters[0].add(state)
            load = state['gpuLoad']
            end = time.monotonic()
            # Where asking for the load starts a program, it must not become a load of its own.
            next_sample = end + max(SAMPLE_SECONDS, 20.0 * (end - begin))
        if meters is not None and time.monotonic() >= next_power:
            next_power = time.monotonic() + POWER_SECONDS
            rails = power_rails()
            if rails:
                fresh = gpu_load(may_ask=False)
                meters[1].add(rails, load if fresh is None else fresh)
        if reader.closed:
            time.sleep(0.1)
    end_processes(lambda: marked_processes(job.folder), 0 if ending == 'ended' else GRACE_SECONDS)
    status = child.wait()
    reader.drain(output)
    child.stdout.close()
    return status, ending, reader.outcome


class _OutputReader:
    """Takes progress lines out of a child's output and writes the rest to the log."""

    def __init__(self, job):
        self.job = job
        self.rest = b''
        self.closed = False
        self.last_state = 0.0
        # What the child measured, where the disk was too full to write it down.
        self.outcome = None

    def take(self, descriptor):
        if descriptor is None or self.closed:
            return False
        try:
            data = os.read(descriptor, 65536)
        except BlockingIOError:
            return False
        except OSError:
            data = b''
        if not data:
            self.closed = True
            return False
        lines = (self.rest + data).split(b'\n')
        self.rest = lines.pop()
        for line in lines:
            self._line(line)
        if len(self.rest) > (MOST_OUTCOME_BYTES if self.rest.startswith(PROGRESS) else 65536):
            self.job.log.write(self.rest)
            self.rest = b''
        return True

    def drain(self, descriptor):
        """What was written before the end; bounded, as somebody may still hold the pipe and write."""
        for _ in range(1024):
            if not self.take(descriptor):
                break
        if self.rest:
            self._line(self.rest)
            self.rest = b''

    def _line(self, line):
        if not line.startswith(PROGRESS):
            self.job.log.write(line + b'\n')
            return
        try:
            said = json.loads(line[len(PROGRESS):].decode('utf-8'))
        except ValueError:
            return
        if not isinstance(said, dict):
            return
        if isinstance(said.get('outcome'), dict):
            self.outcome = said['outcome']
        done = said.get('trialsDone')
        total = self.job.state['trials']
        now = time.monotonic()
        if isinstance(done, int) and (now - self.last_state >= STATE_SECONDS or done >= total):
            self.last_state = now
            self.job.state['trialsDone'] = max(0, min(done, total))
            _write_progress(self.job)


def _write_progress(job):
    """Without a sync: waiting for an SD card must not slow down what is being timed."""
    job.state['sequence'] = job.state.get('sequence', 0) + 1
    part = os.path.join(job.folder, 'state.json.progress.part')
    try:
        with open(part, 'w', encoding='utf-8') as file:
            json.dump(job.state, file)
        os.replace(part, os.path.join(job.folder, 'state.json'))
    except OSError:
        with contextlib.suppress(OSError):
            os.unlink(part)
