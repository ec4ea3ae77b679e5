import { cp, mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { build } from 'esbuild';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import type { ToolHost } from '../../../../src/assistants/tool';
import { callTool, tools } from '../../../../src/assistants/tools';
import { setLanguage, t } from '../../../../src/core/language';
import type { Result } from '../../../../src/core/result';
import { createModelThreads, type ModelThreads } from '../../../../src/files/reading/model-threads';
import { callInEnglish } from '../../../../src/vscode/assistants/answers-in-english';
import { createToolHost, type ToolHostParts } from '../../../../src/vscode/assistants/tool-host';
import { createLandmarkLibrary } from '../../../../src/vscode/services/landmark-library';
import { createModelService } from '../../../../src/vscode/services/model-service';
import { speakGerman } from '../../german';
import { settings, Uri, workspace } from '../fake-vscode';

vi.mock('vscode', async () => {
  const fake = await import('../fake-vscode');
  return { ...fake, FileType: { Unknown: 0, File: 1, Directory: 2 } };
});

let folder: string;
const threads: ModelThreads[] = [];

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'framecast-tools-'));
  await cp('samples', path.join(folder, 'models'), { recursive: true });
  await writeFile(path.join(folder, 'models', 'page.onnx'), '<!doctype html><title>Sign in</title>');
  // Landmarks that cannot be read.
  await mkdir(path.join(folder, 'landmarks.jsonl'));
  await build({
    entryPoints: ['src/files/reading/model-worker.ts'],
    outfile: path.join(folder, 'worker.js'),
    bundle: true,
    platform: 'node',
    logLevel: 'warning',
  });
  const root = Uri.file(path.join(folder, 'models'));
  Object.assign(workspace, {
    isTrusted: true,
    workspaceFolders: [{ name: 'models', uri: root }],
    fs: {
      stat: async ({ fsPath }: Uri) => ({ type: (await stat(fsPath)).isDirectory() ? 2 : 1 }),
    },
    asRelativePath: ({ fsPath }: Uri) => path.relative(root.fsPath, fsPath),
    getWorkspaceFolder: () => undefined,
    onDidChangeWorkspaceFolders: () => ({ dispose: () => undefined }),
    openTextDocument: async (uri: Uri) => {
      const text = await readFile(uri.fsPath, 'utf8');
      return { uri, getText: () => text };
    },
  });
  settings.set('framecast.boards', []);
  settings.set('framecast.landmarksFile', path.join(folder, 'landmarks.jsonl'));
});

afterAll(async () => {
  threads.forEach((each) => each.dispose());
  await rm(folder, { recursive: true });
});

afterEach(() => setLanguage(null));

const createThreads = (): ModelThreads => {
  const created = createModelThreads(path.join(folder, 'worker.js'));
  threads.push(created);
  return created;
};

async function partsOfWindow(changes: Partial<ToolHostParts> = {}): Promise<ToolHostParts> {
  const library = createLandmarkLibrary();
  await library.ready;
  const service = createModelService(library, createThreads());
  return { library, service, createThreads, benchmarks: null!, start: () => 'none', ...changes };
}

const asked: readonly (readonly [tool: string, input: object])[] = [
  ['predict', { models: ['resnet18.onnx', 'faces', 'page.onnx', 'gone.onnx'], targetFps: 30 }],
  ['predict', { models: ['faces/mobilefacenet.onnx'], device: 'jetson-orin-nano', runtime: 'int8', resolution: 96 }],
  ['predict', { models: ['page.onnx'] }],
  ['compare', { models: ['.'], targetFps: 30 }],
  ['boards', { model: 'resnet50.onnx', targetFps: 60 }],
  ['plan', { model: 'resnet18.onnx', targetFps: 60 }],
  ['plan', { family: 'squeezenet', targetFps: 60 }],
  ['pipeline', { file: 'pipeline.yaml' }],
  ['landmarks', { device: 'jetson nano', limit: 3 }],
  ['landmarks', { device: 'toaster' }],
];

async function answersOf(host: ToolHost): Promise<readonly Result<unknown>[]> {
  const answers: Result<unknown>[] = [];
  for (const [name, input] of asked) {
    const tool = tools.find((each) => each.name === name)!;
    const progress = { signal: new AbortController().signal, report: () => undefined };
    answers.push(await callInEnglish(() => callTool(tool, input, host, progress)));
  }
  return answers;
}

describe('tools in VS Code', () => {
  it('answer in English whatever its language is, and leave what people read in theirs', async () => {
    const inEnglish = await answersOf(createToolHost(await partsOfWindow()));
    speakGerman();
    const parts = await partsOfWindow();
    const model = Uri.file(path.join(folder, 'models', 'resnet18.onnx')) as never;
    const query = { device: 'jetson-nano', runtime: 'tensorrt-fp16' } as const;
    const seen = async () => {
      const read = await parts.service.analyse(model);
      return read.ok && parts.service.predict(read.value, query).why;
    };
    // People have seen it all before the first question.
    const before = await seen();
    expect(before).toContain('Fehler');
    const host = createToolHost(parts);
    const answers = await answersOf(host);
    answers.forEach((answer, index) => expect(answer, asked[index]![0]).toEqual(inEnglish[index]));
    expect(await seen()).toBe(before);
  }, 120_000);

  it('say in English how a benchmark ended that people follow in their language', async () => {
    speakGerman();
    const views: { view: { sentence: string; state: string; runs: readonly object[] } }[] = [];
    const ended = async (): Promise<void> => {
      await Promise.resolve();
      const reason = t('There is no file {0}.', 'a.onnx');
      const message = `${t('Framecast failed on this benchmark: {0}. Please report it.', reason)} ${t('Stopping the benchmark.')}`;
      const run = { model: 'a', runtime: 'tensorrt-fp16', result: null, failure: { code: 'internal', message } };
      views.push({ view: { sentence: message, state: 'failed', runs: [run] } });
    };
    let following = Promise.resolve();
    const benchmarks = {
      onDidChange: () => ({ dispose: () => undefined }),
      ended: () => following,
      find: async () => views[0],
    };
    const start = (): string => {
      following = ended();
      return 'one';
    };
    settings.set('framecast.devices', [{ name: 'Board', host: 'board.local' }]);
    const host = createToolHost(await partsOfWindow({ benchmarks: benchmarks as never, start }));
    const progress = { signal: new AbortController().signal, report: () => undefined };
    const request = { board: 'board', files: ['/a.onnx'], runtimes: ['tensorrt-fp16'] as const, trials: 10 };
    const answer = await callInEnglish(() => host.benchmark(request, progress));
    expect(views[0]!.view.sentence).toMatch(/^Framecast ist an diesem Benchmark gescheitert/);
    const message =
      'Framecast failed on this benchmark: There is no file a.onnx.. Please report it. Stopping the benchmark.';
    expect(answer).toMatchObject({ ok: true, value: [{ error: { code: 'internal', message } }] });
  });
});
