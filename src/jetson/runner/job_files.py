"""The files of a job: states, results, its log and its locks."""

import contextlib
import errno
import fcntl
import os
import pwd
import re
import socket
import struct
import time

from framecast_runner.board_files import job_folder, read_json_file, write_json_file
from framecast_runner.processes import boot_id, seconds_since_boot

JOB_ID = re.compile(r'^[0-9]{8}T[0-9]{6}Z-[0-9a-f]{8}\Z')

# States in which a job stays.
ENDED = ('finished', 'cancelled', 'failed')

# What `machine_lock` has taken, kept open.
HELD_NAMES = []

LOG_LIMIT_BYTES = 4 << 20
LOG_TAIL_BYTES = 8 << 10


def is_job_id(text):
    return JOB_ID.match(text) is not None


def job_ids(root):
    """All jobs under a root, oldest first."""
    try:
        return sorted(name for name in os.listdir(os.path.join(root, 'jobs')) if is_job_id(name))
    except OSError:
        return []


def read_job_file(folder, name):
    """A JSON file of a job; None if it is missing or broken."""
    try:
        value = read_json_file(os.path.join(folder, name))
    except (OSError, ValueError):
        return None
    return value if isinstance(value, dict) else None


def read_state(folder):
    return read_job_file(folder, 'state.json')


def read_result(folder, run):
    return read_job_file(folder, 'result-%d.json' % run)


def write_state(folder, record, **changes):
    """Writes the record of a job's state with these changes. What the disk refuses is tried again with the next change."""
    record.update(changes)
    record['sequence'] = record.get('sequence', 0) + 1
    try:
        write_json_file(os.path.join(folder, 'state.json'), record)
    except OSError:
        _remove_parts(folder, 'state.json')


def write_result(folder, run, result, give_up):
    """
    Writes the result of a run, onto the disk and whole. On a full disk it takes the space that was put by at the
    start, then waits until there is space or `give_up()`; True if the result is written.
    """
    result.update({'schema': 1, 'run': run, 'bootId': boot_id(), 'endedAtUptimeSeconds': seconds_since_boot()})
    while True:
        try:
            write_json_file(os.path.join(folder, 'result-%d.json' % run), result)
            _sync_folder(folder)
            return True
        except OSError:
            _remove_parts(folder, 'result-%d.json' % run)
            if not release_reserve(folder):
                if give_up():
                    return False
                time.sleep(0.5)


def fail_missing_runs(folder, runs, error):
    """Gives every run that has no result this error as its result, if there is space for it."""
    for run in range(runs):
        if read_result(folder, run) is None:
            write_result(folder, run, {'ok': False, 'error': error}, lambda: True)


def take_reserve(folder, size):
    """Puts disk space by, so that a result can be written when the disk is full. Raises OSError if there is none."""
    with open(os.path.join(folder, 'reserve'), 'wb') as file:
        for _ in range(size // 4096 + 1):
            file.write(b'\xa5' * 4096)
        file.flush()
        os.fsync(file.fileno())


def release_reserve(folder):
    """True if there was one."""
    try:
        os.unlink(os.path.join(folder, 'reserve'))
        return True
    except OSError:
        return False


def take_lock(path, attempts=1):
    """
    Locks a file for as long as the returned descriptor, or a copy of it in another process, is open; the kernel lets go
    when the last holder dies. None if somebody else holds it.
    """
    for attempt in range(attempts):
        if attempt:
            time.sleep(0.1)
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            # Cleaning up removes lock files; a lock on a removed one locks nobody out.
            if os.fstat(descriptor).st_ino == os.stat(path).st_ino:
                return descriptor
        except OSError:
            pass
        os.close(descriptor)
    return None


def alive_lock(root, job_id, attempts=1):
    """The lock that the supervisor of a job holds as long as it lives."""
    return take_lock(os.path.join(job_folder(root, job_id), 'alive.lock'), attempts)


def board_lock(root, attempts=1):
    """The lock of the one job that may run on the board."""
    return take_lock(os.path.join(root, 'board.lock'), attempts)


def machine_lock():
    """
    Whether no other user of the board has a job there: a name that the kernel gives to one process at a time, of
    whatever user, and takes back when that process ends. Held by this process from then on, and by what it forks.
    """
    if HELD_NAMES:
        return True
    name = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        name.bind(_machine_name())
        # For `machine_holder`, whose connections are never accepted.
        name.listen(128)
    except OSError as error:
        name.close()
        # Some boards have no such names; then nobody can be asked.
        return error.errno != errno.EADDRINUSE
    HELD_NAMES.append(name)
    return True


def machine_holder():
    """
    Who has the board when it is nobody of this home folder. Any user can take the name, with a job or without: so the
    kernel is asked whose process has it, and where it cannot tell, root is.
    """
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as asking:
            asking.settimeout(1)
            asking.connect(_machine_name())
            uid = struct.unpack('3i', asking.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12))[1]
        user = pwd.getpwuid(uid).pw_name
    except (OSError, KeyError):
        user = '`sudo ss -xap | grep framecast-board` there shows the process'
    return {'client': 'another user of the board: %s' % user}


def _machine_name():
    return b'\0framecast-board' + os.environ.get('FRAMECAST_SYSROOT', '').encode('utf-8', 'replace')[-80:]


class JobLog:
    """The log of a job: appended, bounded, its end kept at hand. A full disk costs text, never the job."""

    def __init__(self, folder):
        self.descriptor = os.open(os.path.join(folder, 'log.txt'), os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        self.size = os.fstat(self.descriptor).st_size
        self.tail = b''

    def write(self, data):
        self.tail = (self.tail + data)[-LOG_TAIL_BYTES:]
        if self.size >= LOG_LIMIT_BYTES:
            return
        if self.size + len(data) >= LOG_LIMIT_BYTES:
            data = data[: LOG_LIMIT_BYTES - self.size] + b'\n[The log is longer than 4 MiB; the rest is left out.]\n'
        self.size += len(data)
        with contextlib.suppress(OSError):
            while data:
                data = data[os.write(self.descriptor, data):]

    def say(self, text):
        self.write(text.encode('utf-8', 'replace') + b'\n')

    def start_run(self):
        self.tail = b''

    def tail_text(self):
        return self.tail.decode('utf-8', 'replace')


def _remove_parts(folder, name):
    with contextlib.suppress(OSError):
        for part in os.listdir(folder):
            if part.startswith(name + '.') and part.endswith('.part'):
                os.unlink(os.path.join(folder, part))


def _sync_folder(folder):
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
