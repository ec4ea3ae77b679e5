import { isUtf8 } from 'node:buffer';
import { stat } from 'node:fs/promises';
import path from 'node:path';
import { t } from '../core/language';
import { csvText } from '../core/csv';
import { landmarksOfTable, rowOfLandmark, writtenColumns } from '../core/landmarks/landmark-table';
import type { Landmark } from '../core/landmarks/landmark';
import { parseLandmarkLines, writeLandmarkRow, type LandmarkFile } from '../core/landmarks/landmark-lines';
import { failure, success, type Result } from '../core/result';
import { splitCsv } from './csv-rows';
import { readLines } from './jsonl/read-bytes';
import { notUtf8 } from './jsonl/rows';
import { landmarksKind } from './landmarks';
import { writeModelFile } from './write-file';

/** Formats in which landmarks are exchanged; JSON Lines keeps everything, CSV what a table can hold. */
export const exchangeFormats = ['jsonl', 'csv'] as const;

export type ExchangeFormat = (typeof exchangeFormats)[number];

/**
 * Reads landmarks that somebody else has written: JSON Lines where the text starts like it or the
 * file is named like it, else CSV. What a CSV file
 * does not say of campaign and source is taken from `campaign` and the file's name.
 *
 * Failure codes: unreadable (missing, too, unlike a store), too-large.
 */
export async function readExchangeFile(file: string, campaign = defaultCampaign): Promise<Result<LandmarkFile>> {
  const content = await readLines(file, landmarksKind);
  if (!content.ok) return content;
  const parsed = parseExchange(content.value.toString('utf8'), path.basename(file), campaign);
  // Zeros that a crash has left in a text cost their own lines alone.
  if (parsed.lines.length === 0 && content.value.subarray(0, textSampleBytes).includes(0)) {
    return failure('unreadable', t('{0} is not a text file; landmarks are imported from JSON Lines or CSV.', file));
  }
  return success(isUtf8(content.value) ? parsed : withoutLostLetters(parsed));
}

/** Enough of a file to tell that it is not text. */
const textSampleBytes = 4096;

/** Spreadsheets may save CSV in legacy encodings, which decode to U+FFFD; such rows are reported and skipped. */
function withoutLostLetters({ lines, broken }: LandmarkFile): LandmarkFile {
  const isLost = ({ landmark, record }: LandmarkFile['lines'][number]) =>
    JSON.stringify([landmark, record]).includes('\uFFFD');
  const lost = lines.filter(isLost).map(({ line }) => ({ line, reason: notUtf8() }));
  return {
    lines: lines.filter((line) => !isLost(line)),
    broken: [...broken, ...lost].sort((a, b) => a.line - b.line),
  };
}

/** The campaign of landmarks that come without one. */
export const defaultCampaign = 'own';

/** The same of a text. `name` is the file's, for the landmarks' source. */
export function parseExchange(text: string, name: string, campaign = defaultCampaign): LandmarkFile {
  const isLines = /^\uFEFF?\s*[{[]/.test(text) || /\.(jsonl|ndjson)$/i.test(name);
  if (isLines) return parseLandmarkLines(text);
  const { rows, broken } = splitCsv(text);
  const read = landmarksOfTable(rows, { campaign, source: t('imported from {0}', name) });
  return { lines: read.lines, broken: [...broken, ...read.broken].sort((a, b) => a.line - b.line) };
}

/** Landmarks as a text to be imported elsewhere. `record` keeps fields that Framecast does not know, in JSON Lines. */
export function writeExchange(
  items: readonly { readonly landmark: Landmark; readonly record?: Readonly<Record<string, unknown>> }[],
  format: ExchangeFormat,
): string {
  if (format === 'csv') {
    return csvText(
      writtenColumns,
      items.map(({ landmark }) => rowOfLandmark(landmark)),
    );
  }
  return items.map(({ landmark, record }) => `${writeLandmarkRow(landmark, null, record)}\n`).join('');
}

/**
 * Writes an export whole or not at all, and never over a file that landmarks are read from: everything in it
 * that is not exported would be lost. Failure codes: exists (and must not be overwritten), unwritable.
 *
 * @param sources the files that landmarks are read from
 */
export async function writeExchangeFile(
  file: string,
  text: string,
  { overwrite, sources }: { readonly overwrite: boolean; readonly sources: readonly string[] },
): Promise<Result<void>> {
  for (const source of sources) {
    if (!(await isSameFile(file, source))) continue;
    return failure(
      'unwritable',
      t(
        '{0} is a file that landmarks are read from. Exporting over it would lose ids and every line that is not exported, such as unreadable ones. Choose another file.',
        file,
      ),
    );
  }
  const written = await writeModelFile(file, [Buffer.from(text)], { overwrite });
  return written.ok ? success(undefined) : written;
}

/** Also where links give one file two names. */
async function isSameFile(one: string, other: string): Promise<boolean> {
  const [a, b] = await Promise.all([one, other].map((file) => stat(file, { bigint: true }).catch(() => null)));
  return a != null && b != null && a.ino === b.ino && a.dev === b.dev;
}

/** The format that a file's name asks for; JSON Lines unless it ends in .csv. */
export function formatOf(file: string): ExchangeFormat {
  return path.extname(file).toLowerCase() === '.csv' ? 'csv' : 'jsonl';
}
