"""The command line of the runner. Every command but build, time and layers prints JSON."""

import argparse
import json
import os
import sys

from framecast_runner.board_files import job_folder, read_json_file
from framecast_runner.follow import follow_job
from framecast_runner.housekeeping import cancel_job, clean_board, list_board
from framecast_runner.job_files import is_job_id
from framecast_runner.start_job import MOST_SPEC_BYTES, start_job
from framecast_runner.backends import run_stage


def main(arguments):
    os.umask(0o077)
    options = _parse_arguments(arguments)
    root = os.path.abspath(os.path.expanduser(options.root))
    command = options.command
    if command in ('build', 'time', 'layers'):
        spec = read_json_file(os.path.join(job_folder(root, options.job), 'spec.json'))
        return run_stage(command, spec, options.run, root)
    if command == 'start':
        runner = os.path.abspath(sys.argv[0])
        answer = start_job(root, options.job, runner, options.when_busy, _spec_from_input)
    elif command == 'follow':
        follow_job(root, options.job, options.log_offset, options.token)
        return 0
    elif command == 'list':
        answer = list_board(root)
    elif command == 'cancel':
        answer = cancel_job(root, options.job)
    else:
        answer = clean_board(root, options.job, options.with_results)
    sys.stdout.write(json.dumps(answer) + '\n')
    return 0


def _parse_arguments(arguments):
    parser = argparse.ArgumentParser(prog='framecast-runner')
    commands = parser.add_subparsers(dest='command')
    parsers = {}
    for name in ('start', 'follow', 'list', 'cancel', 'clean', 'build', 'time', 'layers'):
        parsers[name] = commands.add_parser(name)
        parsers[name].add_argument('--root', default='~/.cache/framecast')
        if name != 'list':
            parsers[name].add_argument('--job', type=_job_id, required=name != 'clean')
    parsers['start'].add_argument('--when-busy', choices=('wait', 'refuse'), default='wait')
    parsers['follow'].add_argument('--log-offset', type=int, default=0)
    parsers['follow'].add_argument('--token', default='')
    parsers['clean'].add_argument('--with-results', action='store_true')
    for name in ('build', 'time', 'layers'):
        parsers[name].add_argument('--run', type=int, required=True)
    options = parser.parse_args(arguments)
    if options.command is None:
        parser.error('a command is missing')
    return options


def _job_id(text):
    if not is_job_id(text):
        raise argparse.ArgumentTypeError('it is no job: %r' % text)
    return text


def _spec_from_input():
    return sys.stdin.buffer.read(MOST_SPEC_BYTES + 1).decode('utf-8')


if __name__ == '__main__':
    sys.exit(main(sys.argv[1:]))
