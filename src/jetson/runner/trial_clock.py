"""The measurement protocol of the paper (section 2.1.2, Figure 2): a warm-up, then trials from start to after
synchronisation."""

import gc
import time

from framecast_runner.board_files import report_progress

SECONDS_BETWEEN_REPORTS = 0.5


def time_trials(start, synchronize, warmup_runs, trials):
    """
    Runs one batch after the other. `start` puts a batch on the device's queue, `synchronize` waits until it is done.
    Gives the time of every trial in milliseconds, in order.
    """
    for _ in range(warmup_runs):
        start()
        synchronize()
    clock = time.perf_counter
    times = []
    report_progress(trialsDone=0, trials=trials)
    reported = clock()
    # A collection in the middle of a trial would count as the network's time.
    gc.collect()
    gc.disable()
    try:
        while len(times) < trials:
            begin = clock()
            start()
            synchronize()
            end = clock()
            times.append((end - begin) * 1000.0)
            if end - reported >= SECONDS_BETWEEN_REPORTS:
                reported = end
                report_progress(trialsDone=len(times), trials=trials)
    finally:
        gc.enable()
    report_progress(trialsDone=trials, trials=trials)
    return times


def protocol_of(run, timed, inputs, **differing):
    """What a result says of how it was timed: `timed` from where to where, and what of it differs from the usual."""
    usual = {
        'timed': timed,
        'device': 'cuda',
        'spin': None,
        'warmupRuns': run['warmupRuns'],
        'warmupMs': None,
        'trials': run['trials'],
        'batch': run['batch'],
        'inputs': [{name: entry[name] for name in ('name', 'shape', 'dataType')} for entry in inputs],
        'workspaceMiB': run['workspaceMiB'],
        'freeBytes': None,
        'totalBytes': None,
    }
    return dict(usual, **differing)
