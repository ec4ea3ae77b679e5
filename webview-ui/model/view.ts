import type { TimeGrouping } from '../../src/core/present/time-breakdown';
import type { PlansMessage, ResolutionsMessage } from '../../src/protocol/model-page';

/** How the page shows what it was sent; kept over a reload. */
export interface ViewState {
  readonly grouping: TimeGrouping;
  readonly showsAll: boolean;
}

/** What the sections of the page need beside the model's message. */
export interface View extends ViewState {
  /** Draws the page again with this changed. */
  change(changes: Partial<ViewState>): void;
  /** Throughput at other resolutions; null while it is computed. */
  readonly resolutions: ResolutionsMessage['view'] | null;
  /** What still meets the target; null while it is computed and without a target. */
  readonly plans: PlansMessage['sentences'] | null;
}

export const initialViewState: ViewState = { grouping: 'kernel', showsAll: false };

/** The state that a page kept; what is missing or no such value is as at first. */
export function readViewState(data: unknown): ViewState {
  const { grouping, showsAll } = (typeof data === 'object' && data !== null ? data : {}) as Record<string, unknown>;
  return {
    grouping: grouping === 'kind' || grouping === 'stage' ? grouping : initialViewState.grouping,
    showsAll: showsAll === true,
  };
}
