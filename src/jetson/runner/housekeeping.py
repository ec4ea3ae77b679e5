"""What is on the board, and how it goes away again."""

import contextlib
import os
import shutil
import time

from framecast_runner.board_files import job_folder
from framecast_runner.follow import followers_with
from framecast_runner.job_files import (
    ENDED,
    alive_lock,
    board_lock,
    job_ids,
    read_job_file,
    read_result,
    read_state,
)
from framecast_runner.post_mortem import settle_job

# A file that is being sent grows; one that has not for so long is a left-over.
PART_SECONDS = 3600.0
MOST_LISTED = 1000
CANCEL_SECONDS = 20.0

# Another client that follows the same job hears of its end a moment later.
FOLLOWER_SECONDS = 5.0


def list_board(root):
    """Jobs with their states, and the bytes of everything that is kept."""
    return {
        'jobs': [_describe_job(root, job_id) for job_id in job_ids(root)[-MOST_LISTED:]],
        'modelBytes': _bytes_of(os.path.join(root, 'models')),
        'engineBytes': _bytes_of(os.path.join(root, 'engines')),
        'totalBytes': _bytes_of(root),
    }


def cancel_job(root, job_id):
    """Asks a job to stop and waits for its end: {"found", "state"}."""
    folder = job_folder(root, job_id)
    if not os.path.isdir(folder):
        return {'found': False, 'state': None}
    state = settle_job(root, job_id)
    if state is not None and state.get('state') in ENDED:
        return {'found': True, 'state': state['state']}
    with open(os.path.join(folder, 'cancel'), 'w'):
        pass
    deadline = time.monotonic() + CANCEL_SECONDS
    while time.monotonic() < deadline:
        state = settle_job(root, job_id)
        if state is None or state.get('state') in ENDED:
            break
        time.sleep(0.1)
    return {'found': True, 'state': state and state.get('state')}


def clean_board(root, only_job, with_results):
    """
    Removes what no running job needs: jobs that are over, models, engines, partial uploads, runners. Jobs with results
    that nobody has fetched stay unless `with_results`. Gives the bytes and jobs removed, and the jobs kept.
    """
    before = _bytes_of(root)
    removed, kept = [], []
    for job_id in [only_job] if only_job else job_ids(root):
        if not os.path.isdir(job_folder(root, job_id)):
            continue
        gone = _remove_job(root, job_id, with_results or bool(only_job))
        (removed if gone else kept).append(job_id)
    if not only_job:
        _remove_content(root, kept)
    return {'removedBytes': max(0, before - _bytes_of(root)), 'removedJobs': removed, 'keptJobs': kept}


def _describe_job(root, job_id):
    folder = job_folder(root, job_id)
    state = settle_job(root, job_id)
    spec = read_job_file(folder, 'spec.json') or {}
    runs = spec.get('runs') if isinstance(spec.get('runs'), list) else []
    return {
        'jobId': job_id,
        'state': state.get('state') if state else None,
        'createdAt': spec.get('createdAt'),
        'client': spec.get('client'),
        'models': [run['model']['name'] for run in runs if isinstance(run, dict) and isinstance(run.get('model'), dict)][:20],
        'runs': len(runs),
        'results': sum(1 for run in range(len(runs)) if read_result(folder, run) is not None),
        'bytes': _bytes_of(folder),
    }


def _remove_job(root, job_id, with_results):
    """True if it is gone."""
    folder = job_folder(root, job_id)
    state = settle_job(root, job_id)
    # A supervisor that has just ended its job may still be exiting.
    lock = alive_lock(root, job_id, attempts=10 if state is not None and state.get('state') in ENDED else 1)
    if lock is None:
        return False
    try:
        if state is not None and state.get('state') not in ENDED:
            return False
        good = any((read_result(folder, run) or {}).get('ok') is True for run in range(int((state or {}).get('runs') or 0)))
        if good and not with_results:
            return False
        deadline = time.monotonic() + FOLLOWER_SECONDS
        while followers_with(job_id) and time.monotonic() < deadline:
            time.sleep(0.1)
        shutil.rmtree(folder, ignore_errors=True)
        return not os.path.isdir(folder)
    finally:
        os.close(lock)


def _remove_content(root, kept):
    """Models, engines and runners. They are needed as long as any job is not over, so then they all stay."""
    lock = board_lock(root, attempts=3)
    try:
        if lock is None or any((read_state(job_folder(root, job_id)) or {}).get('state') not in ENDED for job_id in kept):
            _remove_parts_below(root)
            return
        for name in ('models', 'engines', 'runner'):
            folder = os.path.join(root, name)
            for entry in _entries(folder):
                _remove_entry(os.path.join(folder, entry))
            _remove_if_empty(folder)
        _remove_if_empty(os.path.join(root, 'jobs'))
        if _entries(root) == ['board.lock']:
            os.unlink(os.path.join(root, 'board.lock'))
            _remove_if_empty(root)
    finally:
        if lock is not None:
            os.close(lock)


def _remove_entry(path):
    unfinished = any(name.endswith('.part') for name in [path] + _entries(path))
    if unfinished and _age_of(path) < PART_SECONDS:
        return
    if os.path.isdir(path) and not os.path.islink(path):
        shutil.rmtree(path, ignore_errors=True)
    else:
        _unlink(path)


def _remove_parts_below(root):
    for folder, _, names in os.walk(root):
        for name in names:
            path = os.path.join(folder, name)
            if name.endswith('.part') and _age_of(path) >= PART_SECONDS:
                _unlink(path)


def _age_of(path):
    """Seconds since anything in it changed; 0 if a clock that jumped says less."""
    try:
        newest = max(os.lstat(entry).st_mtime for entry in [path] + [os.path.join(path, name) for name in _entries(path)])
    except OSError:
        return 0.0
    return max(0.0, time.time() - newest)


def _entries(folder):
    try:
        return sorted(os.listdir(folder))
    except OSError:
        return []


def _remove_if_empty(folder):
    with contextlib.suppress(OSError):
        os.rmdir(folder)


def _unlink(path):
    with contextlib.suppress(OSError):
        os.unlink(path)


def _bytes_of(folder):
    total = 0
    for place, _, names in os.walk(folder):
        for name in names:
            with contextlib.suppress(OSError):
                total += os.lstat(os.path.join(place, name)).st_size
    return total
