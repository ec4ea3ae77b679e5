"""Files on the board: where they are, and how they are read and written."""

import json
import os
import sys


class RunFailure(Exception):
    """A run that cannot be done: a code of the job's results and a sentence that tells the user what to do."""

    def __init__(self, code, message, log_tail=''):
        Exception.__init__(self, message)
        self.code = code
        self.message = message
        self.log_tail = log_tail


def sysroot_path(path):
    """An absolute path of the board. FRAMECAST_SYSROOT, which only the stand-in device sets, is put in front of it."""
    return os.environ.get('FRAMECAST_SYSROOT', '') + path


def file_text(path):
    """What a short file holds, without what pads it; None if it may not be read."""
    try:
        with open(path, 'r', errors='replace') as file:
            return file.read(1 << 16).strip('\0\n ')
    except OSError:
        return None


def file_number(path, unit=1):
    """The number that a file holds, in this unit; None if it holds none."""
    try:
        return float(file_text(path) or '') / unit
    except ValueError:
        return None


def proc_text(path):
    """A file of /proc: the stand-in device's if it has one."""
    text = file_text(sysroot_path(path))
    return file_text(path) if text is None else text


def job_folder(root, job_id):
    return os.path.join(root, 'jobs', job_id)


def write_json_file(path, value):
    """Replaces a file in one step, so that no reader ever sees half of it."""
    part = '%s.%d.part' % (path, os.getpid())
    with open(part, 'w', encoding='utf-8') as file:
        json.dump(value, file, allow_nan=False)
        file.flush()
        os.fsync(file.fileno())
    os.replace(part, path)


def read_json_file(path):
    with open(path, 'r', encoding='utf-8') as file:
        return json.load(file)


def report_progress(**values):
    """Tells the supervisor how far this process is: one line that it takes out of the log."""
    sys.stdout.write('@framecast %s\n' % json.dumps(values, sort_keys=True))
    sys.stdout.flush()


def say(text):
    """Writes a line to the job's log."""
    sys.stdout.write(text.rstrip('\n') + '\n')
    sys.stdout.flush()
