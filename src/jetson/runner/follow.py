"""Tells what a job does, as JSON lines, until it ends: its states, its log from a place on, its results."""

import json
import os
import signal
import sys
import time

from framecast_runner.board_files import job_folder
from framecast_runner.job_files import ENDED, read_result, read_state
from framecast_runner.post_mortem import settle_job
from framecast_runner.processes import boot_id, process_ids, process_strings, seconds_since_boot, signal_process

LOOK_SECONDS = 0.2
HEARTBEAT_SECONDS = 2.0
MOST_TEXT_BYTES = 32768


def follow_job(root, job_id, log_offset, token):
    """
    Prints what happened since `log_offset` bytes of the log, and what happens, and returns at the job's end. May run
    several times, also at once; `token` names who follows, so that a follower whose link froze ends when it comes again.
    """
    _end_older_followers(token)
    folder = job_folder(root, job_id)
    follower = _Follower(root, job_id, folder, log_offset)
    parent = os.getppid()
    heartbeat = time.monotonic()
    _tell({'type': 'heartbeat', 'jobId': job_id})
    while True:
        # Read first, so that everything up to it is reported.
        state = settle_job(root, job_id) if follower.is_due_to_settle() else read_state(folder)
        follower.tell_state(state)
        follower.tell_log()
        follower.tell_results(state)
        if state is None:
            _tell({'type': 'end', 'jobId': job_id, 'state': None})
            return
        if state.get('state') in ENDED:
            _tell({'type': 'end', 'jobId': job_id, 'state': state['state']})
            return
        if time.monotonic() - heartbeat >= HEARTBEAT_SECONDS:
            heartbeat = time.monotonic()
            _tell({'type': 'heartbeat', 'jobId': job_id})
        if os.getppid() != parent:
            return
        time.sleep(LOOK_SECONDS)


class _Follower:
    def __init__(self, root, job_id, folder, log_offset):
        self.root = root
        self.job_id = job_id
        self.folder = folder
        self.offset = log_offset
        self.sequence = None
        self.told = set()
        self.settled = 0.0

    def is_due_to_settle(self):
        if time.monotonic() - self.settled < HEARTBEAT_SECONDS:
            return False
        self.settled = time.monotonic()
        return True

    def tell_state(self, state):
        if state is not None and state.get('sequence') != self.sequence:
            self.sequence = state.get('sequence')
            _tell(dict(state, type='state', jobId=self.job_id))

    def tell_log(self):
        try:
            with open(os.path.join(self.folder, 'log.txt'), 'rb') as file:
                size = os.fstat(file.fileno()).st_size
                file.seek(min(self.offset, size))
                while True:
                    data = file.read(MOST_TEXT_BYTES)
                    if not data:
                        return
                    start, self.offset = file.tell() - len(data), file.tell()
                    text = data.decode('utf-8', 'replace')
                    _tell({'type': 'log', 'jobId': self.job_id, 'offset': start, 'next': self.offset, 'text': text})
        except OSError:
            return

    def tell_results(self, state):
        for run in range(int((state or {}).get('runs') or 0)):
            if run in self.told:
                continue
            result = read_result(self.folder, run)
            if result is None:
                continue
            self.told.add(run)
            _tell({'type': 'result', 'jobId': self.job_id, 'run': run, 'ageSeconds': _age(result), 'result': result})


def _age(result):
    """Seconds since a result was written; None if the board restarted since, as then no clock knows."""
    ended = result.get('endedAtUptimeSeconds')
    if result.get('bootId') != boot_id() or not isinstance(ended, (int, float)):
        return None
    return max(0.0, seconds_since_boot() - ended)


def _tell(message):
    try:
        sys.stdout.write(json.dumps(message) + '\n')
        sys.stdout.flush()
    except OSError:
        # The link is gone; the job goes on without a listener.
        os._exit(0)


def followers_with(word):
    """Processes that follow a job and have this word, a job's id or a client's token, in their command line."""
    # Not the shell around it, which has the same words in one argument.
    wanted = {b'follow', word.encode('utf-8', 'replace')}
    return [pid for pid in process_ids() if wanted.issubset(process_strings(pid, 'cmdline'))]


def _end_older_followers(token):
    for pid in followers_with(token) if token else []:
        signal_process(pid, signal.SIGKILL)
