"""A board that lies: it answers the client's commands as ~/hostile.json says."""

import json
import os
import sys
import time


def main(command, arguments):
    with open(os.path.expanduser('~/hostile.json'), 'r') as file:
        script = json.load(file)
    job = arguments[arguments.index('--job') + 1] if '--job' in arguments else ''
    for step in script.get(command, script['else'].get(command, [])):
        if 'text' in step:
            for _ in range(step.get('times', 1)):
                sys.stdout.write(step['text'].replace('JOB', job))
        if 'character' in step:
            piece = step['character'] * (1 << 20)
            for _ in range(step['mebibytes']):
                sys.stdout.write(piece)
        sys.stdout.flush()
        time.sleep(step.get('seconds', 0))
    return script.get('exit', 0)


if __name__ == '__main__':
    sys.exit(main(sys.argv[1], sys.argv[2:]))
