/** Messages between the extension and the page, or side bar view, of face-anti-spoofing models. */
import * as v from 'valibot';
import type { FieldProblem } from '../core/fas/fields';
import type { FasRow } from '../core/fas/rows';
import { type Choice, type DeviceOption, list, type Page, text } from './page';

interface Option {
  readonly id: string;
  readonly name: string;
}

/** Fields of the form, by their names in the core's `fasFieldNames`; the core checks what they hold. */
const fieldsSchema = v.record(text(40), text(2_000));

/** All models and what else the page needs; sent again whenever any of it changes. */
export interface FasMessage {
  readonly type: 'fas';
  /** A narrow view in the side bar, or an editor tab. */
  readonly place: 'view' | 'page';
  readonly rows: readonly FasRow[];
  readonly targetFps: number | null;
  readonly devices: readonly Pick<DeviceOption, 'id' | 'name' | 'powerModes'>[];
  readonly runtimes: readonly Option[];
  /** Device, power mode and runtime of a new model's throughput, unless the user says otherwise. */
  readonly choice: Choice;
  /** What is wrong with the file of own models. */
  readonly problems: readonly string[];
}

/** A form to fill in: what a file says, or nothing yet. */
export interface FasDraftMessage {
  readonly type: 'draft';
  /** URI of the file, which the extension reads again when the form is saved; null for a model without a file. */
  readonly draft: string | null;
  /** The own model that is changed; null for a new one. */
  readonly id: string | null;
  readonly fields: Readonly<Record<string, string>>;
  /** What the file says, in sentences. */
  readonly about: readonly string[];
}

/** What became of the form: problems by field, or none when the model is saved. */
export interface FasSavedMessage {
  readonly type: 'saved';
  readonly problems: readonly Pick<FieldProblem, 'field' | 'reason'>[];
}

/** What became of the last change, in sentences, and whether `undo` reverts it. */
export interface FasNoticeMessage {
  readonly type: 'notice';
  readonly sentences: readonly string[];
  readonly canUndo: boolean;
}

/** What the page tells the extension. */
export const fasPageMessages = v.variant('type', [
  /** The user wants to choose a file, which becomes a draft. */
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
]);

const names = v.fallback(list(text(20_000), 10_000), []);

/** What the page keeps over a reload: how its table is arranged, and a form that is being filled in. */
export const fasPageState = v.object({
  arrangement: v.fallback(
    v.object({
      sortBy: v.fallback(v.picklist(['name', 'throughput', 'parameters', 'hter', 'acer']), 'throughput'),
      isDescending: v.fallback(v.boolean(), true),
      filter: v.fallback(text(200), ''),
      pinned: names,
      hidden: names,
    }),
    { sortBy: 'throughput', isDescending: true, filter: '', pinned: [], hidden: [] },
  ),
  metric: v.fallback(v.picklist(['hter', 'acer']), 'hter'),
  form: v.fallback(
    v.nullable(
      v.object({
        draft: v.fallback(v.nullable(text(20_000)), null),
        id: v.fallback(v.nullable(text(200)), null),
        fields: v.fallback(fieldsSchema, {}),
        about: names,
        problems: v.fallback(list(v.object({ field: text(40), reason: text(2_000) }), 100), []),
      }),
    ),
    null,
  ),
});

export type FasSaveMessage = Extract<FasPage['message'], { type: 'save' }>;

export type FasPage = Page<
  typeof fasPageMessages,
  typeof fasPageState,
  FasMessage | FasDraftMessage | FasSavedMessage | FasNoticeMessage
>;
