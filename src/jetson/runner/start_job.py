"""Starts a job so that it lives on without the process that started it."""

import errno
import json
import os
import select
import shutil
import sys
import time

from framecast_runner.board_files import job_folder, write_json_file
from framecast_runner.job_files import (
    alive_lock,
    board_lock,
    machine_holder,
    machine_lock,
    read_job_file,
    read_state,
)
from framecast_runner.supervisor import prepare_job, supervise_job

MOST_SPEC_BYTES = 4 << 20
MOST_RUNS = 1000


def start_job(root, job_id, runner, when_busy, spec_text):
    """
    Starts a job, once: a second start of the same job says that it is there. `spec_text()` gives the job where its
    spec.json is not there yet. Gives what is printed: {"started": true, "pid"} or {"started": false, "code", "message"}.
    """
    folder = job_folder(root, job_id)
    alive = None
    try:
        os.makedirs(folder, mode=0o700, exist_ok=True)
        # Folders that were there already may have been made with wider rights.
        for private in ('', 'jobs', 'runner', 'models', 'engines'):
            if os.path.isdir(os.path.join(root, private)):
                os.chmod(os.path.join(root, private), 0o700)
        alive = alive_lock(root, job_id, attempts=5)
        state = read_state(folder)
        if alive is None or state is not None:
            return {'started': True, 'already': True, 'pid': (state or {}).get('pid')}
        spec = _accept_spec(folder, job_id, spec_text)
    except (OSError, ValueError) as error:
        # A job that never ran leaves nothing; without the lock it is somebody else's.
        if alive is not None or not os.path.exists(os.path.join(folder, 'alive.lock')):
            shutil.rmtree(folder, ignore_errors=True)
        if isinstance(error, ValueError):
            return _refusal('invalid-request', 'The job cannot be understood: %s.' % error)
        code = 'disk-full' if error.errno in (errno.ENOSPC, errno.EDQUOT) else 'unwritable'
        return _refusal(code, 'The job cannot be put on the board: %s.' % error.strerror)
    board = None
    if when_busy == 'refuse':
        board = board_lock(root, attempts=10)
        if board is None or not machine_lock():
            holder = _holder(root) if board is None else machine_holder()
            if board is not None:
                os.close(board)
            shutil.rmtree(folder, ignore_errors=True)
            return dict(_refusal('board-busy', 'Another job runs on the board.'), by=holder)
    try:
        job = prepare_job(root, job_id, spec, runner)
    except OSError as error:
        shutil.rmtree(folder, ignore_errors=True)
        return _refusal('disk-full', 'The disk of the board has no space for the results: %s.' % error.strerror)
    return {'started': True, 'already': False, 'pid': _detach(job, board)}


def _accept_spec(folder, job_id, spec_text):
    spec = read_job_file(folder, 'spec.json')
    if spec is not None:
        return _checked_spec(spec, job_id)
    text = spec_text()
    if len(text) > MOST_SPEC_BYTES:
        raise ValueError('it is too long')
    spec = _checked_spec(json.loads(text), job_id)
    write_json_file(os.path.join(folder, 'spec.json'), spec)
    return spec


def _checked_spec(spec, job_id):
    if not isinstance(spec, dict) or spec.get('schema') != 1:
        raise ValueError('its schema is not 1')
    if spec.get('jobId') != job_id:
        raise ValueError('it is of another job')
    runs, limits = spec.get('runs'), spec.get('limits')
    if not isinstance(runs, list) or not 1 <= len(runs) <= MOST_RUNS:
        raise ValueError('it has no runs')
    if not isinstance(limits, dict) or not all(_is_positive(limits.get(name)) for name in ('buildSeconds', 'timeSeconds')):
        raise ValueError('its limits are missing')
    for run in runs:
        if not isinstance(run, dict) or not isinstance(run.get('model'), dict) or not isinstance(run['model'].get('name'), str):
            raise ValueError('a run has no model')
        if not isinstance(run.get('runtime'), str) or not _is_positive(run.get('trials')) or not _is_positive(run.get('workspaceMiB')):
            raise ValueError('a run is not whole')
    return spec


def _is_positive(value):
    return isinstance(value, (int, float)) and not isinstance(value, bool) and 0 < value <= 1e7


def _detach(job, board):
    """Forks twice, so that the supervisor is no child of the SSH session and leads no terminal. Gives its pid."""
    sys.stdout.flush()
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.setsid()
            if os.fork() != 0:
                os._exit(0)
            os.close(reader)
            _let_go_of_terminal(job)
            os.write(writer, b'%d' % os.getpid())
            os.close(writer)
            supervise_job(job, board)
        finally:
            os._exit(0)
    os.close(writer)
    os.waitpid(child, 0)
    ready, _, _ = select.select([reader], [], [], 20)
    answer = os.read(reader, 32) if ready else b''
    os.close(reader)
    return int(answer) if answer else None


def _let_go_of_terminal(job):
    nowhere = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nowhere, 0)
    os.close(nowhere)
    os.dup2(job.log.descriptor, 1)
    os.dup2(job.log.descriptor, 2)
    os.chdir(job.folder)


def _holder(root):
    """Who has the board, as far as it says; it writes that down just after it got it."""
    for _ in range(3):
        holder = read_job_file(root, 'board.lock')
        if holder is not None:
            return holder
        time.sleep(0.1)
    return None


def _refusal(code, message):
    return {'started': False, 'code': code, 'message': message}
