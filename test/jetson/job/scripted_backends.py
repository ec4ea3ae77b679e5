"""
Stands in for the backends of the runner in tests of the job: what build and time do is written in ~/script.json, by the
model's name and the stage. It measures nothing, and its results say that they come from a stand-in.
"""

import json
import os
import signal
import subprocess
import sys
import time

from framecast_runner.board_files import job_folder, report_progress, say, write_json_file


def run_stage(stage, spec, run_index, root):
    run = spec['runs'][run_index]
    script = _script_of(run['model']['name'], stage)
    say('%s begins' % stage)
    if script.get('output'):
        sys.stdout.write(script['output'])
        sys.stdout.flush()
    for _ in range(script.get('floodMiB', 0)):
        sys.stdout.write(('x' * 1023 + '\n') * 1024)
    if script.get('child'):
        subprocess.Popen(['sleep', '1000'], start_new_session=script['child'] == 'own-session')
    if script.get('childKilled'):
        child = subprocess.Popen(['sleep', '1000'])
        child.kill()
        child.wait()
    steps = 20
    for step in range(steps):
        time.sleep(script.get('seconds', 0.2) / steps)
        if stage == 'time':
            report_progress(trialsDone=run['trials'] * (step + 1) // steps)
    # So that a test is over when what it is about has happened, not after a time that a busy machine needs longer for.
    while script.get('gate') and not os.path.exists(os.path.expanduser('~/' + script['gate'])):
        time.sleep(0.05)
    if script.get('signal'):
        os.kill(os.getpid(), getattr(signal, script['signal']))
    if 'exit' in script:
        return script['exit']
    outcome = {'schema': 1, 'run': run_index, 'ok': 'error' not in script}
    if 'error' in script:
        outcome['error'] = script['error']
    elif stage == 'build':
        outcome.update(way='trtexec', engine={'cached': False, 'buildSeconds': 1.5, 'bytes': 1000}, notes=[],
                       software={'tensorrt': '8.2.1.8', 'cuda': None, 'torch': None, 'python': '3.6.9'})
    else:
        outcome.update(way='trtexec', trialTimesMs=script.get('trialTimesMs', [2.0 + trial / 100.0 for trial in range(run['trials'])]),
                       software={'tensorrt': '8.2.1.8'}, protocol={'trials': run['trials']}, notes=[])
    outcome.update(script.get('changes', {}))
    if script.get('writeFails'):
        report_progress(outcome=outcome)
    else:
        write_json_file(os.path.join(job_folder(root, spec['jobId']), '%s-%d.json' % (stage, run_index)), outcome)
    return 0 if outcome['ok'] else 1


def _script_of(model, stage):
    try:
        with open(os.path.expanduser('~/script.json'), 'r') as file:
            return json.load(file).get(model, {}).get(stage, {})
    except OSError:
        return {}
