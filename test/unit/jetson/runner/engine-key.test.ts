import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { joinModules } from '../../../../src/jetson/runner/join-modules';
import { runnerModules } from '../../../../src/jetson/runner/runner-script';

const exec = promisify(execFile);

it('keeps the engines that boards have: their keys are those of the first release', async () => {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'framecast-key-'));
  try {
    const modules = runnerModules.filter(({ name }) => ['board_files', 'engine_cache'].includes(name));
    await writeFile(path.join(folder, 'cache.py'), joinModules(modules));
    const run = {
      model: { sha256: 'a'.repeat(64) },
      runtime: 'tensorrt-fp16',
      workspaceMiB: 256,
      batch: 1,
      trials: 50,
      inputs: [{ name: 'input', shape: [1, 3, 224, 224], dataType: 'float32', dynamic: false }],
    };
    const keyOf = async (more: object): Promise<string> => {
      const code =
        'import json, sys; sys.path.insert(0, sys.argv[1]); from cache import *; print(engine_key(json.loads(sys.argv[2]), "8.2.1.8", "NVIDIA Tegra X1"))';
      return (await exec('python3', ['-B', '-c', code, folder, JSON.stringify({ ...run, ...more })])).stdout.trim();
    };
    // sha256 of the key's parts as JSON with sorted keys, as engine_cache.py of 0.1.0 made it.
    const key = '07531f6b7baa1af99d81a296267a3ae8796be7b5877109dd5aa95ca4518b5a0e';
    expect(await keyOf({})).toBe(key);
    expect(await keyOf({ layers: true })).toBe(key);
    expect(await keyOf({ runtime: 'tensorrt-int8' })).not.toBe(key);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
