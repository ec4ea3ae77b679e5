import type { FasMetric } from '../../src/core/fas/fas-model';
import { fasSortKeys, initialFasArrangement, type FasArrangement } from '../../src/core/fas/fas-view';
import type { FasDraftMessage, FasMessage, FasNoticeMessage, FasPageMessage } from '../../src/protocol/fas-page';

/** How the page shows what it was sent, and what was typed in; kept over a reload. */
export interface FasViewState {
  readonly arrangement: FasArrangement;
  readonly metric: FasMetric;
  /** null while no model is being added. */
  readonly form: FasForm | null;
}

/** A form that the user fills in. */
export interface FasForm extends Pick<FasDraftMessage, 'draft' | 'id' | 'fields' | 'about'> {
  readonly problems: readonly { readonly field: string; readonly reason: string }[];
}

/** Sentences, none while there is nothing to say, and whether the change can be taken back. */
export type FasNotice = Pick<FasNoticeMessage, 'sentences' | 'canUndo'>;

export const noNotice: FasNotice = { sentences: [], canUndo: false };

/** Rows that are listed at once: more make typing into the filter slow. */
export const listedAtOnce = 250;

/** All that the page shows. */
export interface FasView extends FasViewState {
  readonly message: FasMessage;
  /** What became of the last change. */
  readonly notice: FasNotice;
  /** Rows that the table has at most; the user can ask for more. */
  readonly listed: number;
  arrange(changes: Partial<FasArrangement>): void;
  show(changes: {
    readonly metric?: FasMetric;
    readonly form?: FasForm | null;
    readonly notice?: FasNotice;
    readonly listed?: number;
  }): void;
  /** Keeps what stands in the form; nothing is drawn anew. */
  keepTyped(fields: FasForm['fields']): void;
  post(message: FasPageMessage): void;
}

export const initialFasViewState: FasViewState = { arrangement: initialFasArrangement, metric: 'hter', form: null };

/** The state that a page kept; what is missing or no such value is as at first. */
export function readFasViewState(data: unknown): FasViewState {
  const { arrangement, metric, form } = record(data);
  const { sortBy, isDescending, filter, pinned, hidden } = record(arrangement);
  const start = initialFasArrangement;
  return {
    metric: metric === 'acer' ? 'acer' : 'hter',
    form: typeof form === 'object' && form !== null ? readForm(record(form)) : null,
    arrangement: {
      sortBy: fasSortKeys.find((key) => key === sortBy) ?? start.sortBy,
      isDescending: typeof isDescending === 'boolean' ? isDescending : start.isDescending,
      filter: typeof filter === 'string' ? filter.slice(0, 200) : start.filter,
      pinned: texts(pinned),
      hidden: texts(hidden),
    },
  };
}

function readForm({ draft, id, fields, about }: Readonly<Record<string, unknown>>): FasForm {
  const typed = Object.entries(record(fields)).filter(
    (entry): entry is [string, string] => typeof entry[1] === 'string',
  );
  return {
    draft: typeof draft === 'string' ? draft : null,
    id: typeof id === 'string' ? id : null,
    fields: Object.fromEntries(typed),
    about: texts(about),
    problems: [],
  };
}

function record(data: unknown): Readonly<Record<string, unknown>> {
  return (typeof data === 'object' && data !== null ? data : {}) as Readonly<Record<string, unknown>>;
}

function texts(data: unknown): readonly string[] {
  return Array.isArray(data) ? data.filter((item): item is string => typeof item === 'string') : [];
}
