/** Messages of every page with charts: an image to save, figures to copy. */
import * as v from 'valibot';

const list = <Item extends v.GenericSchema>(item: Item) => v.pipe(v.array(item), v.readonly());

/** Columns of a chart's table on the clipboard. Rows have no limit: the page shows them all, too. */
const maxColumns = 64;
const maxCell = 2_000;
const maxTitle = 500;
const maxFileName = 200;

/** Largest image: 1,920 × 1,200 pixels without any compression are 9 MB. */
const maxPngBytes = 16 * 1024 * 1024;
const pngSignature = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];

const text = (max: number) => v.pipe(v.string(), v.maxLength(max));

/** Saves a chart's image as a file. */
export const savePngMessage = v.object({
  type: v.literal('savePng'),
  /** Suggested name of the file, without `.png`. */
  fileName: text(maxFileName),
  png: v.pipe(
    v.instance(Uint8Array),
    v.maxLength(maxPngBytes),
    v.check((bytes) => pngSignature.every((byte, index) => bytes[index] === byte), 'not a PNG file'),
  ),
});

/** Longest SVG file: the picture of a network of some thousand kernels. */
const maxSvg = 16 * 1024 * 1024;

/** Saves a picture as an SVG file. */
export const saveSvgMessage = v.object({
  type: v.literal('saveSvg'),
  /** Suggested name of the file, without `.svg`. */
  fileName: text(maxFileName),
  svg: v.pipe(text(maxSvg), v.startsWith('<svg')),
});

/** Copies a chart's figures to the clipboard. */
export const copyCsvMessage = v.object({
  type: v.literal('copyCsv'),
  title: text(maxTitle),
  columns: v.pipe(list(text(maxCell)), v.maxLength(maxColumns)),
  rows: list(
    v.pipe(list(v.nullable(v.union([text(maxCell), v.pipe(v.number(), v.finite())]))), v.maxLength(maxColumns)),
  ),
});

/** The message that saves an image; a name that is too long loses its middle. */
export function savePngOf(fileName: string, png: Uint8Array<ArrayBuffer>): v.InferOutput<typeof savePngMessage> {
  return { type: 'savePng', fileName: shortened(fileName, maxFileName), png };
}

/** The message that saves an SVG file. */
export function saveSvgOf(fileName: string, svg: string): v.InferOutput<typeof saveSvgMessage> {
  return { type: 'saveSvg', fileName: shortened(fileName, maxFileName), svg };
}

/** The message that copies a table, within the schema's limits: long texts are shortened. */
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

/** Names of files differ at both ends, so the middle goes. */
function shortened(whole: string, max: number): string {
  if (whole.length <= max) return whole;
  const end = Math.floor((max - 1) / 2);
  return `${whole.slice(0, max - 1 - end)}…${whole.slice(whole.length - end)}`;
}

export type ChartExportMessage = v.InferOutput<typeof savePngMessage | typeof saveSvgMessage | typeof copyCsvMessage>;
