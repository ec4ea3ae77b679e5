import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { build } from 'esbuild';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { checkRunner } from '../../../scripts/check-runner.mjs';

let folder: string;
let list: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'framecast-runner-'));
  const copy = path.join(folder, 'jetson', 'runner');
  await cp(path.resolve('src/jetson/runner'), copy, { recursive: true });
  list = path.join(copy, 'runner-script.ts');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** What the build prints. */
async function errorsOfBuild(): Promise<readonly string[]> {
  const built = build({
    entryPoints: [list],
    bundle: true,
    write: false,
    platform: 'node',
    logLevel: 'silent',
    loader: { '.py': 'text' },
    plugins: [checkRunner],
  });
  return built.then(
    () => [],
    (error: { errors: readonly { text: string }[] }) => error.errors.map(({ text }) => text),
  );
}

async function changeList(from: string, to: string): Promise<void> {
  const text = await readFile(list, 'utf8');
  expect(text).toContain(from);
  await writeFile(list, text.replace(from, to));
}

it('builds the runner that is there', async () => {
  expect(await errorsOfBuild()).toEqual([]);
});

it('fails where a module is not listed that another imports', async () => {
  await changeList("  { name: 'tool_process', text: toolProcess },\n", '');
  expect(await errorsOfBuild()).toEqual([
    'The list of modules in runner-script.ts is wrong: trtexec_version.py imports tool_process, which does not stand before it. Put every module before those that import it.',
  ]);
});

it('fails where a module is not listed that no other imports', async () => {
  await writeFile(path.join(path.dirname(list), 'forgotten.py'), '"""Forgotten."""\n');
  expect(await errorsOfBuild()).toEqual([
    'The list of modules in runner-script.ts lacks forgotten.py. Add it there, or delete the file.',
  ]);
});

it('fails where a module is gone', async () => {
  await rm(path.join(path.dirname(list), 'cuda.py'));
  expect((await errorsOfBuild()).join()).toContain('cuda.py');
});
