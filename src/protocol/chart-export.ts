/** Messages of every page that has charts: a picture to save, figures to copy. */
import * as v from 'valibot';
import { list } from './prediction';

/** Most columns that a chart's table has on the clipboard. Its rows have no bound: the page shows them all, too. */
const maxColumns = 64;
const maxCell = 2_000;
const maxTitle = 500;
const maxFileName = 200;

/** Largest picture: 1,920 × 1,200 pixels without any compression are 9 MB. */
const maxPngBytes = 16 * 1024 * 1024;
const pngSignature = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];

const text = (most: number) => v.pipe(v.string(), v.maxLength(most));

/** A chart's picture is wanted as a file. */
export const savePngMessage = v.object({
  type: v.literal('savePng'),
  /** What the file is to be called, without `.png`. */
  fileName: text(maxFileName),
  png: v.pipe(
    v.instance(Uint8Array),
    v.maxLength(maxPngBytes),
    v.check((bytes) => pngSignature.every((byte, index) => bytes[index] === byte), 'no PNG file'),
  ),
});

/** A chart's figures are wanted on the clipboard. */
export const copyCsvMessage = v.object({
  type: v.literal('copyCsv'),
  title: text(maxTitle),
  columns: v.pipe(list(text(maxCell)), v.maxLength(maxColumns)),
  rows: list(
    v.pipe(list(v.nullable(v.union([text(maxCell), v.pipe(v.number(), v.finite())]))), v.maxLength(maxColumns)),
  ),
});

/** What a page sends to have a picture saved: of a name that is too long for a file, the beginning and the end. */
export function savePngOf(fileName: string, png: Uint8Array<ArrayBuffer>): v.InferOutput<typeof savePngMessage> {
  return { type: 'savePng', fileName: shortened(fileName, maxFileName), png };
}

/** What a page sends to have a table copied, within what is taken: long texts are shortened. */
export function copyCsvOf(
  title: string,
  columns: readonly string[],
  rows: readonly (readonly (string | number | null)[])[],
): v.InferOutput<typeof copyCsvMessage> {
  return {
    type: 'copyCsv',
    title: shortened(title, maxTitle),
    columns: columns.map((name) => shortened(name, maxCell)),
    rows: rows.map((row) => row.map((cell) => (typeof cell === 'string' ? shortened(cell, maxCell) : cell))),
  };
}

/** The middle says least: names of files differ at both ends. */
function shortened(whole: string, most: number): string {
  if (whole.length <= most) return whole;
  const end = Math.floor((most - 1) / 2);
  return `${whole.slice(0, most - 1 - end)}…${whole.slice(whole.length - end)}`;
}

/** For the `v.variant('type', […])` of a page's own messages. */
export const chartExportMessages = [savePngMessage, copyCsvMessage] as const;

export type ChartExportMessage = v.InferOutput<typeof savePngMessage> | v.InferOutput<typeof copyCsvMessage>;

/** Whether a page's message is for the exporter of charts. */
export function isChartExport(message: { readonly type: string }): message is ChartExportMessage {
  return message.type === 'savePng' || message.type === 'copyCsv';
}
