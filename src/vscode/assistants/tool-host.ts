import path from 'node:path';
import * as vscode from 'vscode';
import { concernsOf } from '../../core/estimate/concerns';
import { isModelName } from '../../core/model-file-name';
import { namedConcerns } from '../../core/present/export-advice';
import { failure, success, type Result } from '../../core/result';
import type { FoundModel, MeasuredModel, ToolBenchmark, ToolHost, ToolProgress } from '../../assistants/tool';
import { maxModels } from '../../assistants/tool-input';
import { diskLister, findModels } from '../../files/find-models';
import type { ModelThreads } from '../../files/reading/model-threads';
import { defaultTrials, defaultWarmupRuns } from '../../jetson/benchmark/benchmark-request';
import type { Benchmarks } from '../benchmarks/benchmarks';
import type { BenchmarkPlan } from '../benchmarks/benchmark-record';
import { readSavedDevices } from '../boards/device-settings';
import { searchFolder } from '../models/search-folder';
import { stageModel } from '../pipelines/pipeline-files';
import { toCancellationToken } from '../services/cancellation';
import { withHome } from '../services/absolute-path';
import { fileType, isFolder } from '../services/file-type';
import type { LandmarkLibrary } from '../services/landmark-library';
import type { ModelService } from '../services/model-service';
import { pathText } from '../services/on-disk';
import { readSettings } from '../services/settings';
import { answeringParts, callForUser, callInEnglish } from './answers-in-english';

export interface ToolHostParts {
  readonly service: ModelService;
  readonly library: LandmarkLibrary;
  /** Threads that say things in the language of the call. */
  createThreads(): ModelThreads;
  readonly benchmarks: Benchmarks;
  /** Runs a benchmark, and shows its page; returns its id. */
  start(plan: BenchmarkPlan): string;
}

/** What tools need, from the window: its folders, settings, landmarks and devices. */
export function createToolHost({
  library,
  service: ofWindow,
  createThreads,
  benchmarks,
  start,
}: ToolHostParts): ToolHost {
  const { service, estimators, remarks } = callInEnglish(() => answeringParts(library, ofWindow, createThreads));
  return {
    get defaults() {
      return readSettings();
    },
    landmarks: async () => {
      await library.ready;
      return success({ entries: library.entries, estimators: estimators(), remarks: await remarks() });
    },
    find,
    predict: async function* (found, query, asked, signal) {
      for (const item of found) {
        if (signal.aborted) return;
        const file = shownName(item.file);
        if (item.error) {
          yield { file, ok: false, error: item.error };
          continue;
        }
        const read = await service.analyse(uriOf(item.file), signal);
        if (!read.ok) {
          yield { file, ok: false, error: read.error };
          continue;
        }
        await service.prepare(read.value, [query], signal);
        const { profile, fileBytes } = read.value;
        const prediction = asked.predict(profile, query);
        const concerns = namedConcerns(concernsOf(profile, query, prediction), file);
        yield { file, ok: true, fileBytes, profile, prediction, concerns };
      }
    },
    read: async (file, sizes, signal) => {
      const uri = await existing(file);
      if (uri === null) return failure('unreadable', noFile(file));
      const read = await service.analyse(uri, signal);
      if (!read.ok) return failure(read.error.code, `${file}: ${read.error.message}`);
      await service.prepare(read.value, sizes, signal);
      return success(read.value.profile);
    },
    openPipeline: async (file, signal) => {
      const uri = await existing(file);
      if (uri === null) return failure('unreadable', noFile(file));
      try {
        const document = await vscode.workspace.openTextDocument(uri);
        return success({
          text: document.getText(),
          model: (name, sizesOf) => stageModel(document, name, service, signal, sizesOf),
        });
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        return failure('unreadable', `${file} cannot be read: ${reason}.`);
      }
    },
    benchmarkObstacle: () =>
      vscode.workspace.isTrusted
        ? null
        : 'Benchmarks need a trusted workspace, because they connect to other machines. Predictions work without it.',
    benchmark: (request, progress) => benchmark(request, progress, { benchmarks, start }),
  };
}

async function find(paths: readonly string[], signal: AbortSignal): Promise<Result<readonly FoundModel[]>> {
  const found = new Map<string, FoundModel>();
  const add = (uri: vscode.Uri): void => {
    const file = pathText(uri);
    if (found.size <= maxModels) found.set(file, { file });
  };
  for (const given of paths) {
    const before = found.size;
    const uri = await existing(given);
    if (uri !== null && !(await isFolder(uri))) {
      add(uri);
      continue;
    }
    if (uri !== null) await searchIn(uri, add, signal);
    else if (/[*?{[]/.test(given)) {
      const { token, dispose } = toCancellationToken(signal);
      const matching = await vscode.workspace.findFiles(given, undefined, maxModels + 1, token);
      dispose();
      matching.filter(({ path: name }) => isModelName(name)).forEach(add);
    } else {
      found.set(given, { file: given, error: { code: 'unreadable', message: noFile(given) } });
      continue;
    }
    if (found.size === before) {
      const message = `There is no .onnx file in ${given}. Check the path.`;
      found.set(given, { file: given, error: { code: 'no-match', message } });
    }
  }
  return success([...found.values()]);
}

async function searchIn(uri: vscode.Uri, add: (uri: vscode.Uri) => void, signal: AbortSignal): Promise<void> {
  const folder = vscode.workspace.getWorkspaceFolder(uri);
  if (folder !== undefined) {
    const from = path.posix.relative(folder.uri.path, uri.path);
    return await searchFolder(folder, from, add, signal);
  }
  const onModel = (relative: string): void => add(vscode.Uri.joinPath(uri, relative));
  await findModels({ list: diskLister(uri.fsPath), isExcluded: () => false, onModel, signal });
}

/** What a path means in this window: itself, or a path in one of the folders that are open; null where nothing is there. */
async function existing(given: string): Promise<vscode.Uri | null> {
  const folders = vscode.workspace.workspaceFolders ?? [];
  const text = withHome(given);
  const candidates =
    isAddress(text) || path.isAbsolute(text)
      ? [uriOf(text)]
      : folders.flatMap(({ name, uri }) => {
          const inside = text.startsWith(`${name}/`) ? [vscode.Uri.joinPath(uri, text.slice(name.length + 1))] : [];
          return [vscode.Uri.joinPath(uri, text), ...inside];
        });
  for (const uri of candidates) if ((await fileType(uri)) !== vscode.FileType.Unknown) return uri;
  return null;
}

function uriOf(file: string): vscode.Uri {
  return isAddress(file) ? vscode.Uri.parse(file) : vscode.Uri.file(file);
}

function isAddress(text: string): boolean {
  return /^[a-z][a-z0-9+.-]+:\/\//i.test(text);
}

function shownName(file: string): string {
  return vscode.workspace.asRelativePath(uriOf(file));
}

function noFile(file: string): string {
  return `There is no ${file} in this window. Check the path.`;
}

async function benchmark(
  { board, files, runtimes, trials }: ToolBenchmark,
  { signal, report }: ToolProgress,
  { benchmarks, start }: Pick<ToolHostParts, 'benchmarks' | 'start'>,
): Promise<Result<readonly MeasuredModel[]>> {
  const { devices } = readSavedDevices();
  const device = devices.find(({ name }) => name.toLowerCase() === board.toLowerCase());
  if (device === undefined) {
    const known = devices.map(({ name }) => name).join(', ');
    const hint = known === '' ? 'Add one in the Devices view first.' : `Devices: ${known}.`;
    return failure('invalid-request', `There is no device ${board} in Framecast. ${hint}`);
  }
  const remote = files.find((file) => !path.isAbsolute(file));
  if (remote !== undefined) {
    return failure('invalid-request', `${remote} is not on a local disk. Save a local copy and benchmark that.`);
  }
  const runs = files.flatMap((modelPath) =>
    runtimes.map((runtime) => ({
      modelPath,
      modelName: path.parse(modelPath).name,
      runtime,
      trials: trials ?? defaultTrials,
      warmupRuns: defaultWarmupRuns,
    })),
  );
  const { value: id, inEnglish } = callForUser(() => start({ device, runs }));
  const cancel = (): void => benchmarks.cancel(id);
  signal.addEventListener('abort', cancel, { once: true });
  const following = benchmarks.onDidChange(async (changed) => {
    if (changed === id) report(inEnglish((await benchmarks.find(id))?.view.sentence ?? ''));
  });
  await benchmarks.ended(id);
  following.dispose();
  signal.removeEventListener('abort', cancel);
  const ended = await benchmarks.find(id);
  if (ended === null) return failure('internal', 'The benchmark cannot be found any more.');
  const { view } = ended;
  if (view.runs.every(({ result, failure: reason }) => result === null && reason === null)) {
    return failure(view.state === 'cancelled' ? 'cancelled' : 'run-failed', inEnglish(view.sentence));
  }
  return success(
    view.runs.map(({ model, runtime, result, failure: reason }): MeasuredModel => {
      if (result === null) {
        const { code, message } = reason ?? { code: 'cancelled', message: view.sentence };
        return { model, runtime, ok: false, error: { code, message: inEnglish(message) } };
      }
      const { throughputFps, meanMs, p99Ms, trials: measured } = result.statistics;
      const { predicted, disturbances } = result;
      return {
        model,
        runtime,
        ok: true,
        throughputFps,
        meanMs,
        p99Ms,
        trials: measured,
        predictedFps: predicted?.throughputFps ?? null,
        disturbances: disturbances.map(inEnglish),
      };
    }),
  );
}
