"""Processes of a job: which there are, and how they end."""

import contextlib
import ctypes
import os
import signal
import time

from framecast_runner.board_files import proc_text

# Children of a supervisor carry their job's folder in this variable, so that they are found whatever became of it.
JOB_MARK = 'FRAMECAST_JOB'

PR_SET_PDEATHSIG = 1
CLOCK_BOOTTIME = 7


def boot_id():
    """Another one after every start of the board."""
    return proc_text('/proc/sys/kernel/random/boot_id') or ''


def seconds_since_boot():
    """A clock that nobody sets: boards without a battery wake up in the past, and jump when the network is there."""
    return time.clock_gettime(CLOCK_BOOTTIME)


def process_start_ticks(pid):
    """When a process was started, in clock ticks since boot; None if it is gone. With the pid, it is its identity."""
    try:
        with open('/proc/%d/stat' % pid, 'rb') as file:
            return int(file.read().rpartition(b')')[2].split()[19])
    except (OSError, IndexError, ValueError):
        return None


def marked_processes(folder):
    """Processes that a job started and that still run; `folder` is the job's, absolute."""
    mark = os.fsencode('%s=%s' % (JOB_MARK, folder))
    return [pid for pid in process_ids() if mark in process_strings(pid, 'environ')]


def all_marked_processes(root):
    """The same for all jobs under this root, as pairs of pid and folder."""
    start = os.fsencode('%s=%s' % (JOB_MARK, os.path.join(root, 'jobs', '')))
    found = []
    for pid in process_ids():
        for entry in process_strings(pid, 'environ'):
            if entry.startswith(start):
                found.append((pid, os.fsdecode(entry.partition(b'=')[2])))
    return found


def end_processes(find, grace_seconds):
    """Asks what `find()` lists to end, and kills what is still there after the grace, until nothing is left."""
    deadline = time.monotonic() + grace_seconds
    for pid in find():
        signal_process(pid, signal.SIGTERM if grace_seconds > 0 else signal.SIGKILL)
    while time.monotonic() < deadline and find():
        time.sleep(0.05)
    # A killed process may have started another one meanwhile.
    for _ in range(40):
        left = find()
        if not left:
            return
        for pid in left:
            signal_process(pid, signal.SIGKILL)
        time.sleep(0.05)


def ends_with_parent():
    """Gives what a child calls before it becomes its program: the kernel kills it when this process ends in any way."""
    prctl = ctypes.CDLL(None, use_errno=True).prctl
    prctl.argtypes = [ctypes.c_int] + [ctypes.c_ulong] * 4
    parent = os.getpid()

    def prepare():
        prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
        if os.getppid() != parent:
            os._exit(1)

    return prepare


def child_of_supervisor():
    """
    Gives what a child calls before it becomes its program: it gets a session and process group of its own, ends with
    its supervisor, and is what the kernel kills first when memory runs out, instead of the supervisor or sshd.
    """
    end_with_supervisor = ends_with_parent()

    def prepare():
        os.setsid()
        end_with_supervisor()
        with contextlib.suppress(OSError), open('/proc/self/oom_score_adj', 'w') as file:
            file.write('800')

    return prepare


def process_ids():
    """All processes but this one."""
    own = os.getpid()
    return [int(name) for name in os.listdir('/proc') if name.isdigit() and int(name) != own]


def process_strings(pid, name):
    """What a process has as `environ` or `cmdline`; none if it is gone or may not be looked at."""
    try:
        with open('/proc/%d/%s' % (pid, name), 'rb') as file:
            return file.read(1 << 20).split(b'\0')
    except OSError:
        return []


def signal_process(pid, number):
    with contextlib.suppress(OSError):
        os.kill(pid, number)
