/** Runs inside VS Code's extension host for npm run bench:host; its figures go where FRAMECAST_BENCH_REPORT says. */
import { open, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import * as vscode from 'vscode';
import { median } from '../../src/core/statistics';
import { chainOfMatMuls } from '../unit/core/onnx/sparse-source';

/** All in milliseconds by the clock. */
export interface HostFigures {
  readonly emptyActivation: number;
  readonly activation: number;
  /** A provider that returns a word at once. */
  readonly emptyHover: number;
  /** Of a model of 100 MB that was not read before: as the very first, and the median of others after it. */
  readonly firstHover: number;
  readonly coldHover: number;
  readonly cachedHover: number;
}

const layers = 100;
const modelBytes = 100e6;
const coldModels = 5;

/** Called by VS Code, in a window on a folder without models, in which Framecast is not active yet. */
export async function run(): Promise<void> {
  const folder = process.env['FRAMECAST_BENCH_FOLDER']!;
  const models = ['first.onnx', ...Array.from({ length: coldModels }, (_, index) => `cold-${index}.onnx`)];
  for (const name of models) await provideModel(join(folder, name));
  const [first, ...cold] = (await Promise.all(models.map((name) => documentNaming(folder, name)))) as [
    vscode.Uri,
    ...vscode.Uri[],
  ];
  const empty = await documentNaming(folder, 'empty.bench');

  const provider = vscode.languages.registerHoverProvider(
    { pattern: '**/*.bench.txt' },
    { provideHover: () => new vscode.Hover('Framecast of no model') },
  );
  await hoverMs(empty);
  const emptyHover = await hoverMs(empty);
  const emptyActivation = await activationMs('framecast-bench.empty');
  const activation = await activationMs('framecast.framecast');
  // Everything behind the activation has been loaded when the links of a text are known.
  for (;;) {
    const links = await vscode.commands.executeCommand<vscode.DocumentLink[]>('vscode.executeLinkProvider', first);
    if (links.some(({ target }) => target?.fsPath.endsWith('first.onnx'))) break;
    await sleep(100);
  }
  // Nobody hovers sooner: VS Code waits as long before it asks (editor.hover.delay).
  await sleep(300);
  const firstHover = await hoverMs(first);
  const coldHovers: number[] = [];
  const cachedHovers: number[] = [];
  for (const uri of cold) {
    coldHovers.push(await hoverMs(uri));
    cachedHovers.push(await hoverMs(uri));
  }
  const figures: HostFigures = {
    emptyActivation,
    activation,
    emptyHover,
    firstHover,
    coldHover: median(coldHovers),
    cachedHover: median(cachedHovers),
  };
  provider.dispose();
  await writeFile(process.env['FRAMECAST_BENCH_REPORT']!, JSON.stringify(figures));
}

/** Writes a model, or makes one of an earlier round look new. */
async function provideModel(path: string): Promise<void> {
  if (await stat(path).catch(() => null)) return await utimes(path, new Date(), new Date());
  const file = await open(path, 'w');
  for (const segment of chainOfMatMuls(layers, modelBytes / (4 * layers))) {
    await file.write(segment instanceof Uint8Array ? segment : Buffer.alloc(segment.zeros, 1));
  }
  await file.close();
}

async function documentNaming(folder: string, name: string): Promise<vscode.Uri> {
  const uri = vscode.Uri.file(join(folder, `${name}.txt`));
  await writeFile(uri.fsPath, name);
  await vscode.workspace.openTextDocument(uri);
  return uri;
}

async function activationMs(id: string): Promise<number> {
  const extension = vscode.extensions.getExtension(id);
  if (extension === undefined || extension.isActive) throw new Error(`${id} is not there, or active already.`);
  const start = performance.now();
  await extension.activate();
  return performance.now() - start;
}

async function hoverMs(uri: vscode.Uri): Promise<number> {
  const start = performance.now();
  const hovers = await vscode.commands.executeCommand<vscode.Hover[]>(
    'vscode.executeHoverProvider',
    uri,
    new vscode.Position(0, 2),
  );
  const ms = performance.now() - start;
  const texts = hovers.flatMap(({ contents }) => contents.map((each) => (each as vscode.MarkdownString).value));
  if (!texts.some((text) => text.includes('Framecast') || /FPS|parameters/i.test(text)))
    throw new Error(`There is no hover in ${uri.fsPath}: ${JSON.stringify(texts)}`);
  return ms;
}
