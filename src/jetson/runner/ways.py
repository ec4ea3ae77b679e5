"""Builds and times one run in the way that its runtime asks for and the board offers."""

import os
import sys
import traceback

from framecast_runner.board_files import RunFailure, job_folder, say, write_json_file


def build_run(spec, run_index, root, log):
    """Makes the engine of a run. Gives what stands in build-<i>.json; raises RunFailure."""
    raise RunFailure('not-available', 'No way to run a network is built in.')


def time_run(spec, run_index, root, log):
    """Times a run whose engine is there. Gives what stands in time-<i>.json; raises RunFailure."""
    raise RunFailure('not-available', 'No way to run a network is built in.')


def run_stage(stage, spec, run_index, root):
    """Runs 'build' or 'time' and leaves its outcome, good or bad, in jobs/<id>/<stage>-<i>.json. 0 when it went well."""
    outcome = {'schema': 1, 'run': run_index}
    try:
        outcome.update((build_run if stage == 'build' else time_run)(spec, run_index, root, say))
        outcome['ok'] = True
    except RunFailure as failure:
        outcome['ok'] = False
        outcome['error'] = {'code': failure.code, 'message': failure.message, 'logTail': failure.log_tail}
    except MemoryError:
        outcome['ok'] = False
        outcome['error'] = {
            'code': 'out-of-memory',
            'message': 'The board ran out of memory. Close other programs on it or add swap, then run again.',
            'logTail': '',
        }
    except Exception as error:  # whatever it was, the job must end with a result that says so
        traceback.print_exc(file=sys.stdout)
        outcome['ok'] = False
        outcome['error'] = {
            'code': 'build-failed' if stage == 'build' else 'run-failed',
            'message': 'The runner failed on the board: %s: %s' % (type(error).__name__, str(error)[:500]),
            'logTail': traceback.format_exc()[-4000:],
        }
    if not outcome['ok']:
        say('%s: %s' % (outcome['error']['code'], outcome['error']['message']))
    write_json_file(os.path.join(job_folder(root, spec['jobId']), '%s-%d.json' % (stage, run_index)), outcome)
    return 0 if outcome['ok'] else 1
