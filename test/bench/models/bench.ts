/**
 * npm run bench:models: how long a workspace of 1,000 different models takes to be listed with their predictions, and
 * how long the extension host is kept from anything else meanwhile. Peers in the same run: the bare reading of the same
 * files, and the same work done one file after another without threads. Fails when listing takes more than 5 seconds.
 */
import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createEstimators } from '../../../src/core/estimate/estimators';
import { bundledLandmarks } from '../../../src/core/landmarks/campaigns';
import { createYielder } from '../../../src/vscode/services/yield-to-event-loop';
import { diskLister, exclusionOf, findModels } from '../../../src/files/find-models';
import { modelState } from '../../../src/vscode/models/model-rows';
import { createModelSet } from '../../../src/vscode/models/model-set';
import { createModelSummaries } from '../../../src/vscode/models/reading/model-summaries';
import { summariseFile } from '../../../src/files/reading/read-summary';
import { createSummaryCache } from '../../../src/vscode/models/reading/summary-cache';
import { createModelThreads } from '../../../src/files/reading/model-threads';
import { writeWorkspace } from './workspace';
import { figure } from '../figure.mjs';

const query = { device: 'jetson-nano', runtime: 'tensorrt-fp16' } as const;
const mostListingMs = 5000;

/** What listing a workspace took. */
interface Listing {
  readonly models: number;
  readonly predicted: number;
  /** Until every file was known by name. */
  readonly namedMs: number;
  /** Until every model had its prediction. */
  readonly listedMs: number;
  readonly longestBlockMs: number;
  /** The one piece of work that cannot be cut: fitting the landmarks, once a window, for its first prediction. */
  readonly fitMs: number;
  /** Processor time of all threads: what does not depend on what else the machine is doing. */
  readonly cpuMs: number;
}

/** Lists a workspace as the Models view does: found, read in threads, predicted in short stretches. */
async function list(workspace: string, cacheFolder: string): Promise<Listing> {
  const signal = new AbortController().signal;
  const blocks = watchEventLoop();
  const start = performance.now();
  const cpuStart = process.cpuUsage();
  let namedMs = 0;
  const workers = createModelThreads(path.resolve('dist/model-worker.js'));
  const cache = createSummaryCache(cacheFolder, 'bench', createYielder(signal));
  const summaries = createModelSummaries<string>({
    cache,
    identity: async (file) => {
      const { ino, size, mtimeNs, ctimeNs } = await stat(file, { bigint: true });
      return [ino, size, mtimeNs, ctimeNs].join(' ');
    },
    externalIdentity: () => Promise.resolve(''),
    read: (file, size, reading) => workers.summarise({ path: file, sizes: [size] }, reading),
  });
  const estimators = createEstimators(bundledLandmarks);
  const set = createModelSet<string>({
    width: 2 * workers.width,
    find: async (onFound, searching) => {
      const onModel = (relative: string): void => onFound(path.join(workspace, relative));
      await findModels({ list: diskLister(workspace), isExcluded: exclusionOf({}), onModel, signal: searching });
      namedMs = performance.now() - start;
    },
    summarise: (file, reading) => summaries.of(file, {}, reading),
  });
  const breathe = createYielder(signal);
  let predicted = 0;
  let fitMs = 0;
  await new Promise<void>((resolve) => {
    let updating: Promise<void> | null = null;
    const update = async (): Promise<void> => {
      predicted = 0;
      for (const { result } of set.models.values()) {
        await breathe();
        const before = performance.now();
        const state = modelState(result, query, 30, estimators);
        if (fitMs === 0 && state.kind === 'model') fitMs = performance.now() - before;
        if (state.kind === 'model' && state.prediction.estimate !== null) predicted++;
      }
      const { isSearching, found, read } = set.progress;
      if (!isSearching && read === found) resolve();
    };
    set.onDidChange(() => {
      updating = (updating ?? Promise.resolve()).then(update);
    });
    void set.search();
  });
  const listedMs = performance.now() - start;
  const cpuMs = cpuSince(cpuStart);
  const longestBlockMs = blocks.end();
  await cache.flush();
  set.dispose();
  workers.dispose();
  return { models: set.models.size, predicted, namedMs, listedMs, longestBlockMs, fitMs, cpuMs };
}

function cpuSince(start: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1000;
}

/** One file after another on the thread that does everything else: what threads and stretches are held against. */
async function listPlainly(workspace: string): Promise<Pick<Listing, 'listedMs' | 'longestBlockMs' | 'cpuMs'>> {
  const blocks = watchEventLoop();
  const start = performance.now();
  const cpuStart = process.cpuUsage();
  const estimators = createEstimators(bundledLandmarks);
  for (const file of await filesOf(workspace)) modelState(await summariseFile(file, {}), query, 30, estimators);
  return { listedMs: performance.now() - start, longestBlockMs: blocks.end(), cpuMs: cpuSince(cpuStart) };
}

/** Milliseconds of reading the same files and nothing more. */
async function readPlainly(workspace: string): Promise<number> {
  const start = performance.now();
  for (const file of await filesOf(workspace)) await readFile(file);
  return performance.now() - start;
}

async function filesOf(workspace: string): Promise<readonly string[]> {
  const entries = await readdir(workspace, { recursive: true });
  return entries.filter((entry) => entry.endsWith('.onnx')).map((entry) => path.join(workspace, entry));
}

/** Measures for how long at a time nothing else gets its turn. */
function watchEventLoop(): { end(): number } {
  let last = performance.now();
  let longest = 0;
  const timer = setInterval(() => {
    const now = performance.now();
    longest = Math.max(longest, now - last);
    last = now;
  }, 1);
  return {
    end: () => {
      clearInterval(timer);
      return Math.max(longest, performance.now() - last);
    },
  };
}

async function main(): Promise<void> {
  const folder = await mkdtemp(path.join(tmpdir(), 'bench-models-'));
  try {
    const workspace = path.join(folder, 'workspace');
    const bytes = await writeWorkspace(workspace, 1000);
    const readingMs = await readPlainly(workspace);
    const first = await list(workspace, path.join(folder, 'cache'));
    const again = await list(workspace, path.join(folder, 'cache'));
    const plain = await listPlainly(workspace);
    const ms = (value: number): string => `${Math.round(value).toLocaleString('en-US').padStart(6)} ms`;
    const row = (name: string, ...cells: readonly string[]): void =>
      console.log(`${name.padEnd(44)} ${cells.map((cell) => cell.padStart(15)).join('')}`.trimEnd());
    console.log(`${first.models} models, ${(bytes / 1e6).toFixed(1)} MB, ${first.predicted} with a prediction\n`);
    row('', 'listed', 'longest block', 'processor time');
    row('as the Models view does, the first time', ms(first.listedMs), ms(first.longestBlockMs), ms(first.cpuMs));
    row('  of that, until all names are there', ms(first.namedMs));
    row('  of that, fitting the landmarks', '', ms(first.fitMs));
    row('as the Models view does, after a reload', ms(again.listedMs), ms(again.longestBlockMs), ms(again.cpuMs));
    row('one after another without threads (peer)', ms(plain.listedMs), ms(plain.longestBlockMs), ms(plain.cpuMs));
    row('bare reading of the files (peer)', ms(readingMs));
    if (first.models !== 1000) throw new Error('Not every model is there.');
    figure({
      what: 'list of 1,000 models with their predictions',
      value: first.listedMs,
      unit: 'ms',
      peer: ['one after another without threads', plain.listedMs],
      bound: mostListingMs,
    });
  } finally {
    await rm(folder, { recursive: true });
  }
}

await main();
