import type { FasMetric } from '../../src/core/fas/model';
import type { FasArrangement } from '../../src/core/fas/view';
import type { FasMessage, FasNoticeMessage, FasPage } from '../../src/protocol/fas-page';
import type { Post } from '../../src/protocol/page';

/** A form that the user fills in. */
export type FasForm = NonNullable<FasPage['state']['form']>;

/** Sentences, none while there is nothing to say, and whether the change can be undone. */
export type FasNotice = Pick<FasNoticeMessage, 'sentences' | 'canUndo'>;

export const noNotice: FasNotice = { sentences: [], canUndo: false };

/** Rows that are listed at once: more make typing into the filter slow. */
export const listedAtOnce = 250;

/** All that the page shows. */
type State = FasPage['state'];

export interface FasView extends State {
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
  /** Keeps what has been typed into the form; nothing is redrawn. */
  keepTyped(fields: FasForm['fields']): void;
  readonly post: Post<FasPage>;
}
