import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { joinModules } from '../../../src/jetson/runner/join-modules';
import { runnerScript, runnerSha256 } from '../../../src/jetson/runner/runner-script';

describe('joining the modules of the runner', () => {
  it('leaves out what modules import from each other and keeps the rest', () => {
    const joined = joinModules([
      { name: 'a', text: '"""A."""\nimport os\n\n\ndef one():\n    return os.sep\n' },
      {
        name: 'b',
        text: 'import sys\n\nfrom framecast_runner.a import (\n    one,\n    two,\n)\nfrom framecast_runner.a import one\n\nprint(one())\n',
      },
    ]);
    expect(joined).not.toContain('framecast_runner');
    expect(joined).toContain('import os\n\n\ndef one():\n    return os.sep\n');
    expect(joined).toContain('import sys\n\n\nprint(one())\n');
  });

  it('refuses a module that stands before what it imports, and imports that it cannot leave out', () => {
    const needsB = { name: 'a', text: 'from framecast_runner.b import x\n' };
    expect(() => joinModules([needsB, { name: 'b', text: 'x = 1\n' }])).toThrow('a.py imports b');
    expect(() => joinModules([{ name: 'c', text: 'import framecast_runner.a\n' }])).toThrow('c.py');
  });

  it('imports nothing from the folder that it lies in', () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'framecast-join-'));
    try {
      writeFileSync(path.join(folder, 'json.py'), 'raise SystemExit("another json")');
      writeFileSync(
        path.join(folder, 'runner.py'),
        joinModules([{ name: 'a', text: 'import json\n\nprint(json.dumps(1))\n' }]),
      );
      const { stdout, stderr } = spawnSync('python3', [path.join(folder, 'runner.py')], { encoding: 'utf8' });
      expect([stdout, stderr]).toEqual(['1\n', '']);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('makes one file with its address', () => {
    expect(runnerScript.startsWith('#!/usr/bin/env python3\n')).toBe(true);
    expect(runnerScript.trimEnd().endsWith('sys.exit(main(sys.argv[1:]))')).toBe(true);
    expect(runnerSha256).toBe(createHash('sha256').update(runnerScript).digest('hex'));
  });
});
