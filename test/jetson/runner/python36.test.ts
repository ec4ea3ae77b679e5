import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { withoutProse } from '../../../scripts/lean-python.mjs';
import { runnerModules, runnerScript } from '../../../src/jetson/runner/runner-script';
import { pythons } from './pythons';

const leanCheck = fileURLToPath(new URL('lean_check.py', import.meta.url));
const check = fileURLToPath(new URL('check_runner.py', import.meta.url));
const modules = fileURLToPath(new URL('../../../src/jetson/runner', import.meta.url));

function findings(files: readonly string[]): string[] {
  const { status, stdout, stderr } = spawnSync(pythons[0]!.command, [check, ...files]);
  expect(status, String(stderr)).toBe(0);
  return JSON.parse(String(stdout)) as string[];
}

/** Findings in files of these contents, by their names. */
function findingsIn(texts: Record<string, string>): string[] {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'framecast-check-'));
  try {
    return findings(
      Object.entries(texts).map(([name, text]) => {
        const file = path.join(folder, name);
        writeFileSync(file, text);
        return file;
      }),
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

describe('the runner for Python 3.6', () => {
  it('uses nothing that is newer, no name twice, and nothing that it does not have', () => {
    const files = readdirSync(modules).filter((name) => name.endsWith('.py'));
    expect(runnerModules.map(({ name }) => `${name}.py`).sort()).toEqual(files.sort());
    expect(findings(files.map((name) => path.join(modules, name)))).toEqual([]);
    expect(
      findingsIn({ 'joined.py': runnerScript }).filter((finding) => !/imported for nothing/.test(finding)),
    ).toEqual([]);
  });

  it.each([
    ['if (n := 1): print(n)', 'no Python 3.6'],
    ['def f(a, /): return a', 'no Python 3.6'],
    ['import subprocess\nsubprocess.run([], capture_output=True)', 'capture_output='],
    ['import subprocess\nsubprocess.Popen([], text=True)', 'text='],
    ['import time\ntime.perf_counter_ns()', 'perf_counter_ns'],
    ['x = 1\nprint(f"{x=}")', 'Python 3.6'],
    ['from dataclasses import dataclass\nprint(dataclass)', 'dataclasses'],
    ['from __future__ import annotations', '__future__'],
    ['"a".removeprefix("a")', 'removeprefix'],
    ['import argparse\nargparse.ArgumentParser().add_subparsers(required=True)', 'required='],
    ['from functools import cache\nprint(cache)', 'cache'],
    ['breakpoint()', 'breakpoint'],
    ['print(undefined_name)', 'undefined_name is nowhere defined'],
    ['import os', 'os is imported for nothing'],
    ['from framecast_runner.other import thing\nprint(thing)', 'thing cannot be imported from other.py'],
  ])('would find %j', (text, finding) => {
    expect(findingsIn({ 'one.py': text }).join('\n')).toContain(finding);
  });

  it('would find two modules with one name', () => {
    expect(findingsIn({ 'one.py': 'A = 1\n', 'two.py': 'def A():\n    pass\n' })).toEqual([
      'one.py and two.py both have A',
    ]);
  });

  it('is the same program without its comments and docstrings, as builds have it', () => {
    const others = [
      'class A(Exception):\n    """Why."""\n\nB = 1\n',
      'def f(a,  # one\n      b="# two"):\n    """Text.\n\n    # no comment\n    """\n    # three\n    return a % \'"""\', b  # four\n',
      "C = '''\n# kept\n\n'''\nD = (\n    # dropped\n    1,\n\n    2,\n)\nE = 'it\\'s # kept'\nF = 1 \\\n    + 2\n",
      'def g():\n    def h():\n        r"""Only \\this."""\n    return h\n',
    ];
    const programs = [...runnerModules.map(({ text }) => text), runnerScript, ...others];
    const pairs = programs.map((program) => [program, withoutProse(program)]);
    const { stdout, stderr } = spawnSync(pythons[0]!.command, [leanCheck], { input: JSON.stringify(pairs) });
    expect(JSON.parse(String(stdout)), String(stderr)).toEqual(pairs.map(() => true));
    const lean = withoutProse(runnerScript);
    expect(lean.length).toBeLessThan(0.87 * runnerScript.length);
    expect(lean).not.toMatch(/^ *#| {2}# /m);
  });

  it.each(pythons)('starts under $name', ({ command }) => {
    const file = path.join(mkdtempSync(path.join(os.tmpdir(), 'framecast-start-')), 'runner.py');
    writeFileSync(file, runnerScript);
    // Warnings as errors: what is deprecated today is gone on a newer board.
    const { status, stdout, stderr } = spawnSync(command, ['-W', 'error', file, 'time', '--help']);
    rmSync(path.dirname(file), { recursive: true });
    expect(status, String(stderr)).toBe(0);
    expect(String(stdout)).toContain('--run');
  });
});
