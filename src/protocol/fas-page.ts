/** Messages between the extension and the page, or side bar view, of face-anti-spoofing models. */
import * as v from 'valibot';
import { chartExportMessages } from './chart-export';
import { list, runtimeSchema } from './prediction';

const text = (most: number) => v.pipe(v.string(), v.maxLength(most));
const positive = v.pipe(v.number(), v.finite(), v.gtValue(0));
const option = v.object({ id: v.string(), name: v.string() });

const rateSchema = v.nullable(v.object({ percent: v.number(), dataset: v.string(), protocol: v.string() }));

export const fasRowSchema = v.object({
  id: v.string(),
  name: v.string(),
  origin: v.picklist(['paper', 'own']),
  authors: v.string(),
  throughputFps: v.nullable(positive),
  basis: v.nullable(v.picklist(['predicted', 'measured'])),
  approximate: v.boolean(),
  device: v.string(),
  deviceName: v.string(),
  runtime: v.nullable(runtimeSchema),
  precision: v.string(),
  marks: v.object({ name: v.string(), throughput: v.string() }),
  parameters: v.nullable(positive),
  hter: rateSchema,
  acer: rateSchema,
  notes: list(v.string()),
  file: v.nullable(v.string()),
  comment: v.string(),
});

/** Fields of the form, by their names in the core's `fasFieldNames`; the core checks what they hold. */
const fieldsSchema = v.record(text(40), text(2_000));

/** All models and what the page needs beside them; sent again whenever any of it changes. */
const fasMessage = v.object({
  type: v.literal('fas'),
  /** A narrow view in the side bar, or an editor of its own. */
  place: v.picklist(['view', 'page']),
  rows: list(fasRowSchema),
  targetFps: v.nullable(positive),
  devices: list(option),
  runtimes: list(option),
  /** Where a new model's throughput is for, if nobody says otherwise. */
  choice: v.object({ device: v.string(), runtime: runtimeSchema }),
  /** What is wrong with the file of own models. */
  problems: list(v.string()),
});

/** A form to fill in: what a file says, or nothing yet. */
const draftMessage = v.object({
  type: v.literal('draft'),
  /** URI of the file, which the extension reads again when the form is saved; null for a model without a file. */
  draft: v.nullable(v.string()),
  /** The own model that is changed; null for a new one. */
  id: v.nullable(v.string()),
  fields: fieldsSchema,
  /** What the file says, in sentences. */
  about: list(v.string()),
});

/** What became of the form: problems by field, or none when the model is saved. */
const savedMessage = v.object({
  type: v.literal('saved'),
  problems: list(v.object({ field: v.string(), reason: v.string() })),
});

/** What became of the last change, in sentences, and whether `undo` takes it back. */
const noticeMessage = v.object({ type: v.literal('notice'), sentences: list(v.string()), canUndo: v.boolean() });

const hostMessageSchema = v.variant('type', [fasMessage, draftMessage, savedMessage, noticeMessage]);

const pageMessageSchema = v.variant('type', [
  v.object({ type: v.literal('ready') }),
  /** A file is to be chosen, read and made a draft. */
  v.object({ type: v.literal('addFromFile') }),
  v.object({
    type: v.literal('save'),
    draft: v.nullable(text(20_000)),
    id: v.nullable(text(200)),
    fields: fieldsSchema,
  }),
  v.object({ type: v.literal('edit'), id: text(200) }),
  v.object({ type: v.literal('remove'), id: text(200) }),
  v.object({ type: v.literal('openModel'), id: text(200) }),
  v.object({ type: v.literal('importCsv') }),
  v.object({ type: v.literal('undo') }),
  v.object({ type: v.literal('openPage') }),
  v.object({ type: v.literal('setTarget') }),
  ...chartExportMessages,
]);

export type FasMessage = v.InferOutput<typeof fasMessage>;
export type FasSaveMessage = Extract<FasPageMessage, { type: 'save' }>;
export type FasDraftMessage = v.InferOutput<typeof draftMessage>;
export type FasNoticeMessage = v.InferOutput<typeof noticeMessage>;
export type FasHostMessage = v.InferOutput<typeof hostMessageSchema>;
export type FasPageMessage = v.InferOutput<typeof pageMessageSchema>;

/** Checks a message from the extension; null when it is none of ours. */
export function parseFasHostMessage(data: unknown): FasHostMessage | null {
  const result = v.safeParse(hostMessageSchema, data);
  return result.success ? result.output : null;
}

/** Checks a message from the page; null when it is none of ours. */
export function parseFasPageMessage(data: unknown): FasPageMessage | null {
  const result = v.safeParse(pageMessageSchema, data);
  return result.success ? result.output : null;
}
