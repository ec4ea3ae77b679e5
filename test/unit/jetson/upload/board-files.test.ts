import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { success } from '../../../../src/core/result';
import type { BoardSession } from '../../../../src/jetson/connection/session';
import { describeBoardFiles } from '../../../../src/jetson/upload/board-files';

let home: string;

beforeEach(() => {
  home = mkdtempSync(path.join(tmpdir(), 'framecast-board-'));
});

afterEach(() => rmSync(home, { recursive: true }));

/** Runs commands here, with programs of `folder` before those of the system. */
function sessionWith(folder: string): BoardSession {
  const run: BoardSession['run'] = async ([program = '', ...argv]) => {
    const env = { ...process.env, HOME: home, PATH: `${folder}:${process.env['PATH']}` };
    const { status, stdout, stderr } = spawnSync(program, argv, { env, encoding: 'utf8' });
    return success({ exitCode: status, signal: null, stdout, stderr } as never);
  };
  return { run } as BoardSession;
}

describe('what the board has', () => {
  const file = { localPath: 'm.onnx', remotePath: 'models/m.onnx', bytes: 3, sha256: 'a'.repeat(64) } as never;
  const put = (name: string): void => {
    mkdirSync(path.join(home, 'models'), { recursive: true });
    writeFileSync(path.join(home, 'models', name), 'abc');
  };
  const abc = { bytes: 3, sha256: 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad' };

  it('is the file and its beginning', async () => {
    put('m.onnx');
    put('m.onnx.part');
    const described = await describeBoardFiles(sessionWith('/nowhere'), [file, file], undefined);
    expect(described).toMatchObject({
      ok: true,
      value: [
        { whole: abc, part: abc },
        { whole: abc, part: abc },
      ],
    });
  });

  // Another client publishes the same file, and takes its beginning away.
  it.each([
    ['before its size is asked for', 'wc', 'rm -f "$HOME/models/m.onnx.part"; exec "$real" "$@"'],
    ['before it is hashed', 'python3', 'rm -f "$HOME/models/m.onnx.part"; exec "$real" "$@"'],
  ])('leaves out what goes away %s', async (_, program, script) => {
    put('m.onnx.part');
    const folder = path.join(home, 'bin');
    mkdirSync(folder);
    const { stdout: real } = spawnSync('/bin/sh', ['-c', `command -v ${program}`], { encoding: 'utf8' });
    writeFileSync(path.join(folder, program), `#!/bin/sh\nreal=${real.trim()}\n${script}\n`);
    chmodSync(path.join(folder, program), 0o755);
    const described = await describeBoardFiles(sessionWith(folder), [file, file], undefined);
    expect(described).toMatchObject({
      ok: true,
      value: [
        { whole: null, part: null },
        { whole: null, part: null },
      ],
    });
  });
});
