"""What trtexec reports: the time of every trial, and what went wrong."""

import collections
import json
import math
import os
import re

from framecast_runner.board_files import RunFailure
from framecast_runner.build_errors import MessageKeeper
from framecast_runner.model_inputs import shape_text

TRTEXEC_EXPORT_BYTES = 64 << 20
SINGLE_RUN = re.compile(r'Average on 1 runs? - GPU latency: ([0-9.]+(?:[eE][+-]?\d+)?) ms')
OVERRIDDEN = re.compile(r'Dynamic dimensions required for input: (.+?), but no shapes were provided.* to: ([0-9x]+)')
BINDING = re.compile(r'\b[Ii]nput binding for (.+) with dimensions ([0-9x]+)(?: is created)?')


class TrtexecLog(object):
    """Listens to a run: the last `trials` times, the shapes of inputs, and lines that tell of errors."""

    def __init__(self, trials):
        self.times = collections.deque(maxlen=trials)
        self.shapes = {}
        self.messages = MessageKeeper()
        self.last = collections.deque(maxlen=60)

    def line(self, text):
        self.last.append(text[:2000])
        match = SINGLE_RUN.search(text)
        if match:
            self.times.append(match.group(1))
            return
        match = OVERRIDDEN.search(text) or BINDING.search(text)
        if match and len(self.shapes) < 100:
            self.shapes[match.group(1)] = [int(size) for size in match.group(2).split('x') if size]
        self.messages.hear(text)

    def tail(self):
        return '\n'.join(self.last)[-16000:]


def exported_times(path, trials):
    """The last `trials` times of a file of --exportTimes, oldest first. Up to 8.4 the warm-up comes before them."""
    try:
        size = os.path.getsize(path)
        if size > TRTEXEC_EXPORT_BYTES:
            raise _wrong_times('its file of times has %d MiB' % (size >> 20))
        with open(path, 'r', encoding='utf-8', errors='replace') as file:
            rows = json.load(file)
        times = [row['computeMs'] for row in rows[-trials:]]
    except OSError:
        raise _wrong_times('it wrote no file of times')
    except (ValueError, TypeError, KeyError, RecursionError):
        raise _wrong_times('its file of times cannot be read')
    return checked_times(times, trials)


def checked_times(times, trials):
    """Times as numbers, if there are enough and each can be the time of a trial."""
    if len(times) < trials:
        raise _wrong_times('it reported %d of %d trials' % (len(times), trials))
    checked = []
    for time in times:
        try:
            number = float(time) if not isinstance(time, bool) else math.nan
        except (TypeError, ValueError, OverflowError):
            number = math.nan
        if not math.isfinite(number) or number <= 0.0:
            raise _wrong_times('a trial took %s ms by its report' % str(time)[:40])
        checked.append(number)
    return checked


def check_shapes(shapes, run):
    """Compares the shapes that trtexec says it ran with those asked for; 7.x says only those that it made up."""
    for entry in run['inputs']:
        ran = shapes.get(entry['name'])
        if ran is not None and ran != [int(size) for size in entry['shape']]:
            raise RunFailure(
                'unsupported',
                'The model ran at %s for its input %s, but %s was asked for. Benchmark it at its own size, or export '
                'it again with sizes that are free.'
                % (shape_text(ran), entry['name'], shape_text(entry['shape'])),
            )


def _wrong_times(what):
    return RunFailure('run-failed', 'trtexec ran, but %s, so there is no result. Run again.' % what)
