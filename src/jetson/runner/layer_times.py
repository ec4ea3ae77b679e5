"""The time of every layer of an engine, by TensorRT's profiler in a pass of its own, whose total is no figure."""

import json
import os

from framecast_runner.board_files import RunFailure

PROFILED_RUNS = 20
MOST_LAYERS = 5000
LAYER_NAME_CHARACTERS = 400
PROFILE_BYTES = 32 << 20


def make_layer_profiler(trt):
    """A profiler that adds up what TensorRT says of each layer, in the order of their first run."""

    class LayerProfiler(trt.IProfiler):
        def __init__(self):
            trt.IProfiler.__init__(self)
            self.totals = {}

        def report_layer_time(self, layer_name, ms):
            try:
                if layer_name in self.totals or len(self.totals) < MOST_LAYERS:
                    self.totals[layer_name] = self.totals.get(layer_name, 0.0) + float(ms)
            except Exception:  # this is called from C++, which an exception would end
                pass

    return LayerProfiler()


def layers_of_totals(totals, runs):
    """Mean times of what a profiler added up over so many runs."""
    if not totals:
        raise RunFailure('run-failed', 'TensorRT did not tell the times of its layers.')
    return [_layer(name, total / runs) for name, total in totals.items()]


def layers_of_file(path):
    """The layers of a file of trtexec's --exportProfile: their mean times, in the order of the engine."""
    try:
        if os.path.getsize(path) > PROFILE_BYTES:
            raise ValueError('it is too long')
        with open(path, 'r', encoding='utf-8', errors='replace') as file:
            rows = json.load(file)
        counts = [row['count'] for row in rows if isinstance(row, dict) and 'count' in row]
        runs = float(counts[0]) if counts else 0.0
        layers = []
        for row in rows:
            if isinstance(row, dict) and 'name' in row and len(layers) < MOST_LAYERS:
                mean = row['averageMs'] if 'averageMs' in row else row['timeMs'] / runs
                layers.append(_layer(row['name'], float(mean)))
        return layers
    except (OSError, ValueError, TypeError, KeyError, ZeroDivisionError, RecursionError) as error:
        raise RunFailure('run-failed', 'trtexec ran, but its file of layer times cannot be read: %s' % str(error)[:200])


def _layer(name, mean_ms):
    return {'name': str(name)[:LAYER_NAME_CHARACTERS], 'meanMs': round(mean_ms, 6)}
