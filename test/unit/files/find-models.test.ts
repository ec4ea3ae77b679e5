import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { isModelName } from '../../../src/core/model-file-name';
import { diskLister, exclusionOf, findModels } from '../../../src/files/find-models';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'framecast find '));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function write(...relatives: string[]): void {
  for (const relative of relatives) {
    const file = path.join(folder, relative);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, '');
  }
}

async function found(isExcluded = exclusionOf(), from?: string): Promise<string[]> {
  const models: string[] = [];
  const { signal } = new AbortController();
  await findModels({ list: diskLister(folder), isExcluded, onModel: (each) => models.push(each), signal }, from);
  return models.sort();
}

describe('models of a folder', () => {
  it('are found at any depth and in any case of the extension, and nothing else is', async () => {
    write('a.onnx', 'deep/er/b.ONNX', 'deep/c.onnx.txt', 'onnx', 'with space/ü.onnx');
    mkdirSync(path.join(folder, 'folder.onnx'));
    expect(await found()).toEqual(['a.onnx', 'deep/er/b.ONNX', 'with space/ü.onnx']);
  });

  it('are looked for below a folder alone where one is named', async () => {
    write('a.onnx', 'deep/b.onnx', 'deep/er/c.onnx');
    expect(await found(exclusionOf(), 'deep')).toEqual(['deep/b.onnx', 'deep/er/c.onnx']);
  });

  it('are not looked for in dependencies and hidden folders', async () => {
    write(
      'node_modules/x/a.onnx',
      'sub/node_modules/b.onnx',
      '.git/c.onnx',
      '.venv/lib/e.onnx',
      '._d.onnx',
      'kept/d.onnx',
    );
    expect(await found()).toEqual(['kept/d.onnx']);
  });

  it('are left out by settings, with all that an excluded folder holds', async () => {
    write('build/x/a.onnx', 'src/b.onnx', 'src/old/c.onnx', '.cache/d.onnx', 'tmp.onnx');
    const isExcluded = exclusionOf({ '**/build': true, '**/old/**': true, '**/.cache': true }, { 'tmp.onnx': true });
    expect(await found(isExcluded)).toEqual(['src/b.onnx']);
  });

  it('stay where a setting is switched off or has a condition', async () => {
    write('build/a.onnx', 'b.onnx');
    expect(await found(exclusionOf({ '**/build': false, '**/*.onnx': { when: '$(basename).py' } }, undefined))).toEqual(
      ['b.onnx', 'build/a.onnx'],
    );
  });

  it('are found through links, each folder once and without end in loops', async () => {
    write('real/a.onnx');
    const outside = mkdtempSync(path.join(tmpdir(), 'framecast outside '));
    try {
      writeFileSync(path.join(outside, 'b.onnx'), '');
      symlinkSync(outside, path.join(folder, 'one'));
      symlinkSync(outside, path.join(folder, 'two'));
      symlinkSync(folder, path.join(folder, 'real', 'loop'));
      symlinkSync(path.join(folder, 'real', 'a.onnx'), path.join(folder, 'link.onnx'));
      const models = await found();
      expect(models).toHaveLength(3);
      expect(models).toEqual(expect.arrayContaining(['link.onnx', 'real/a.onnx']));
      expect(models.filter((each) => /^(one|two)\/b\.onnx$/.test(each))).toHaveLength(1);
    } finally {
      rmSync(outside, { recursive: true, force: true });
    }
  });

  it('may be links that lead to nothing or to themselves, which reading says then', async () => {
    symlinkSync('.git/annex/objects/aa', path.join(folder, 'annexed.onnx'));
    symlinkSync('circle.onnx', path.join(folder, 'circle.onnx'));
    symlinkSync('nowhere', path.join(folder, 'notes'));
    expect(await found()).toEqual(['annexed.onnx', 'circle.onnx']);
  });

  it('beside a folder that cannot be listed are found all the same', async () => {
    const models: string[] = [];
    await findModels({
      list: (relative) =>
        relative === 'locked'
          ? Promise.reject(new Error('EACCES'))
          : Promise.resolve([
              { name: 'locked', kind: 'folder' },
              { name: 'a.onnx', kind: 'file' },
            ]),
      isExcluded: exclusionOf(),
      onModel: (each) => models.push(each),
      signal: new AbortController().signal,
    });
    expect(models).toEqual(['a.onnx']);
  });

  it('are no longer looked for once that is cancelled, in a tree without end', async () => {
    const controller = new AbortController();
    let listed = 0;
    await findModels({
      list: () => {
        if (++listed === 5) controller.abort();
        return Promise.resolve([{ name: 'down', kind: 'folder' }]);
      },
      isExcluded: exclusionOf(),
      onModel: () => undefined,
      signal: controller.signal,
    });
    expect(listed).toBe(5);
  });
});

it('tells models by their names', () => {
  expect(['a.onnx', 'A.ONNX', '.onnx', 'a.onnx.bak', 'onnx'].filter(isModelName)).toEqual([
    'a.onnx',
    'A.ONNX',
    '.onnx',
  ]);
});
