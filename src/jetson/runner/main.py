"""The command line of the runner."""

import argparse
import os
import sys

from framecast_runner.board_files import job_folder, read_json_file
from framecast_runner.ways import run_stage


def main(arguments):
    parser = argparse.ArgumentParser(prog='framecast-runner')
    commands = parser.add_subparsers(dest='command')
    for name in ('build', 'time'):
        command = commands.add_parser(name)
        command.add_argument('--root', required=True)
        command.add_argument('--job', required=True)
        command.add_argument('--run', type=int, required=True)
    options = parser.parse_args(arguments)
    if options.command is None:
        parser.error('a command is missing')
    root = os.path.abspath(os.path.expanduser(options.root))
    spec = read_json_file(os.path.join(job_folder(root, options.job), 'spec.json'))
    return run_stage(options.command, spec, options.run, root)


if __name__ == '__main__':
    sys.exit(main(sys.argv[1:]))
