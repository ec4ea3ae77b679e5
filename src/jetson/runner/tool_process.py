"""Runs a program of the board: its output bounded and harmless in the log, and gone when the runner is."""

import collections
import os
import re
import subprocess

from framecast_runner.processes import ends_with_parent

TOOL_LINE_BYTES = 16384
TOOL_LOG_BYTES = 1 << 20
TOOL_LAST_LINES = 60

CONTROL_CHARACTERS = re.compile('[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029]')


def run_tool(arguments, log, on_line):
    """
    Runs a program in this process group until it ends; `on_line` gets every line of its output and errors, cut to
    TOOL_LINE_BYTES. The log gets the first TOOL_LOG_BYTES and the last lines. Gives the exit code, negative for a
    signal.
    """
    environment = dict(os.environ, LC_ALL='C')
    process = subprocess.Popen(
        arguments,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env=environment,
        preexec_fn=ends_with_parent(),
    )
    logged = 0
    left_out = 0
    last = collections.deque(maxlen=TOOL_LAST_LINES)
    try:
        for line in _bounded_lines(process.stdout):
            on_line(line)
            if logged < TOOL_LOG_BYTES:
                logged += len(line) + 1
                log(harmless(line))
            else:
                left_out += 1
                last.append(line)
        if left_out > len(last):
            log('... %d lines left out' % (left_out - len(last)))
        for line in last:
            log(harmless(line))
        return process.wait()
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()
        process.stdout.close()


def harmless(line):
    """A line for the log: without control characters, and never one of the runner's own progress lines."""
    text = CONTROL_CHARACTERS.sub('?', line)
    return ' ' + text if text.startswith('@framecast') else text


def _bounded_lines(stream):
    """Lines of a byte stream as text. What a line has over the bound is left out."""
    held = b''
    cutting = False
    while True:
        block = os.read(stream.fileno(), 65536)
        if not block:
            break
        lines = (held + block).split(b'\n')
        held = lines.pop()
        for line in lines:
            if cutting:
                cutting = False
            else:
                yield _tool_text(line)
        if len(held) > TOOL_LINE_BYTES:
            if not cutting:
                yield _tool_text(held)
            cutting = True
            held = b''
    if held and not cutting:
        yield _tool_text(held)


def _tool_text(line):
    return line[:TOOL_LINE_BYTES].decode('utf-8', 'replace').rstrip('\r')
