"""Gives jobs whose supervisor is gone their end: killed, or swept away by a restart of the board."""

import os

from framecast_runner.board_files import job_folder
from framecast_runner.job_files import (
    ENDED,
    alive_lock,
    fail_missing_runs,
    job_ids,
    read_job_file,
    read_state,
    release_reserve,
    write_state,
)
from framecast_runner.processes import all_marked_processes, boot_id, end_processes, marked_processes


def settle_job(root, job_id):
    """
    The state of a job as it is now; None if it never started. If nobody supervises it any more, ends what it left
    running and writes a result for every run that has none.
    """
    folder = job_folder(root, job_id)
    state = read_state(folder)
    if state is None or state.get('state') in ENDED:
        return state
    lock = alive_lock(root, job_id)
    if lock is None:
        return state
    try:
        # It may have ended between the two looks.
        state = read_state(folder)
        if state is None or state.get('state') in ENDED:
            return state
        if state.get('bootId') != boot_id():
            code, message = 'rebooted', 'The board restarted during the job. Results before that are kept; run the others again.'
        else:
            code, message = 'run-failed', 'The job was killed on the board. Results before that are kept; run the others again.'
        end_processes(lambda: marked_processes(folder), 0)
        release_reserve(folder)
        error = {'code': code, 'message': message, 'logTail': _log_end(folder)}
        fail_missing_runs(folder, _run_count(folder, state), error)
        ending = 'cancelled' if os.path.exists(os.path.join(folder, 'cancel')) else 'failed'
        write_state(folder, state, state=ending)
        return state
    finally:
        os.close(lock)


def end_orphans(root, but_folder):
    """Ends what finished jobs left running; only while holding the lock of the board, as then no other job runs."""
    def strangers():
        return [pid for pid, folder in all_marked_processes(root) if folder != but_folder]

    end_processes(strangers, 0)
    for job_id in job_ids(root):
        if job_folder(root, job_id) != but_folder:
            settle_job(root, job_id)


def _run_count(folder, state):
    spec = read_job_file(folder, 'spec.json') or {}
    runs = spec.get('runs')
    return len(runs) if isinstance(runs, list) else int(state.get('runs') or 0)


def _log_end(folder):
    try:
        with open(os.path.join(folder, 'log.txt'), 'rb') as file:
            file.seek(max(0, os.fstat(file.fileno()).st_size - 4000))
            return file.read(4000).decode('utf-8', 'replace')
    except OSError:
        return ''
