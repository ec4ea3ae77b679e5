import { createEstimators } from '../../core/estimate/estimators';
import { previewImport } from '../../core/estimate/import-preview';
import { isInFits } from '../../core/landmarks/landmark';
import { planImport, type ImportPlan } from '../../core/landmarks/landmark-import';
import { previewSentences } from '../../core/present/import-sentences';
import {
  formatOf,
  readExchangeFile,
  writeExchange,
  writeExchangeFile,
  type ExchangeFormat,
} from '../../files/landmark-exchange';
import { openLandmarkStore } from '../../files/landmarks';
import { exitCode } from '../exit-code';
import { entryJson, type LandmarksFlags } from './landmarks-command-list';
import { loadLandmarks } from './own-landmarks';
import { printError, print, warn, warnOfAll } from '../streams';
import { jsonText, printable } from '../terminal';

interface ImportFlags extends LandmarksFlags {
  readonly preview?: true;
  readonly campaign?: string;
}

/** Adds a file's landmarks to the store, or says what that would change, and returns the exit code. */
export async function importLandmarks(file: string, flags: ImportFlags, signal: AbortSignal): Promise<number> {
  const read = await readExchangeFile(file, flags.campaign);
  if (!read.ok) return printError(read.error.message);
  const loaded = await loadLandmarks(undefined, flags.landmarks);
  if (!loaded.ok) return printError(loaded.error.message);
  const store = openLandmarkStore(loaded.value.file);
  if (read.value.lines.length === 0 && read.value.broken.length === 0) warn(`${file} holds no landmarks.`);
  const plan = planImport(read.value, loaded.value.entries);
  const learned = plan.fresh.map(({ landmark }) => landmark).filter(isInFits);
  const changes = previewImport(createEstimators(loaded.value.landmarks), learned);
  if (signal.aborted) return exitCode.unreadable;
  let added = 0;
  if (flags.preview !== true) {
    const appended = await store.appendNew(plan.fresh, new Set(loaded.value.entries.map(({ key }) => key)));
    if (!appended.ok) return printError(appended.error.message);
    added = appended.value.length;
  }
  const summary = [sumUp(plan, flags.preview === true ? null : added, store.file), ...previewSentences(changes)];
  await print(
    flags.json ? jsonText({ file: store.file, added, ...planJson(plan), changes }) : summary.map(printable).join('\n'),
  );
  warnOfAll(plan.refused.map(({ line, reason }) => `${file}, line ${line} is skipped: ${reason}`));
  warnOfAll(plan.remarks.map(({ line, reason }) => `${file}, line ${line}: ${reason}`));
  return plan.refused.length > 0 ? exitCode.unreadable : exitCode.fine;
}

function sumUp({ fresh, repeated, refused }: ImportPlan, added: number | null, file: string): string {
  const first =
    added === null ? `${count(fresh.length)} would be added to ${file}` : `Added ${count(added)} to ${file}`;
  const rest = [
    ...(repeated.length === 0 ? [] : [`${repeated.length} ${repeated.length === 1 ? 'is' : 'are'} known already`]),
    ...(refused.length === 0
      ? []
      : [`${refused.length} ${refused.length === 1 ? 'line' : 'lines'} cannot be imported`]),
  ];
  return `${[first, ...rest].join('; ')}.`;
}

function count(landmarks: number): string {
  return `${landmarks} ${landmarks === 1 ? 'landmark' : 'landmarks'}`;
}

function planJson({ fresh, repeated, refused, remarks }: ImportPlan): object {
  const lines = (of: ImportPlan['fresh']) => of.map(({ line, landmark: { model } }) => ({ line, model }));
  return { fresh: lines(fresh), repeated: lines(repeated), refused, remarks };
}

interface ExportFlags extends LandmarksFlags {
  readonly format?: ExchangeFormat;
  readonly all?: true;
  readonly force?: true;
}

/** Writes landmarks to a file or to standard output and returns the exit code. */
export async function exportLandmarks(file: string | undefined, flags: ExportFlags): Promise<number> {
  const loaded = await loadLandmarks(flags.landmarks);
  if (!loaded.ok) return printError(loaded.error.message);
  const exported = loaded.value.entries.filter(({ origin }) => flags.all === true || origin !== 'bundled');
  const format = flags.format ?? (file === undefined ? 'jsonl' : formatOf(file));
  const text = writeExchange(exported, format);
  if (file === undefined) {
    if (text !== '') await print(text.replace(/\n$/, ''));
  } else {
    const sources = [loaded.value.file];
    const written = await writeExchangeFile(file, text, { overwrite: flags.force === true, sources });
    if (!written.ok) {
      const advice = written.error.code === 'exists' ? ' Replace it with --force.' : '';
      return printError(`${written.error.message}${advice}`);
    }
    const sentence = `Wrote ${count(exported.length)} to ${file}.`;
    const json = { file, format, landmarks: exported.map(entryJson) };
    await print(flags.json ? jsonText(json) : printable(sentence));
  }
  warnOfAll(loaded.value.problems);
  return loaded.value.problems.length > 0 ? exitCode.unreadable : exitCode.fine;
}
