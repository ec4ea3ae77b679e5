import type { ModelPage, NetworkMessage, PlansMessage, ResolutionsMessage } from '../../src/protocol/model-page';
import type { Post as PostOf } from '../../src/protocol/page';

/** How the page shows what it was sent; kept over a reload. */
export type ViewState = Pick<ModelPage['state'], 'grouping' | 'showsAll'>;

/** What the sections of the page need besides the model's message. */
export interface View extends ViewState {
  /** Draws the page again with this changed. */
  change(changes: Partial<ViewState>): void;
  /** Throughput at other resolutions; null while it is computed. */
  readonly resolutions: ResolutionsMessage['view'] | null;
  /** What there is to know of the target; null while it is computed and without a target. */
  readonly plans: PlansMessage | null;
  /** The network after fusion; null until it was opened and has come. */
  readonly network: NetworkMessage['network'] | null;
  readonly networkIsOpen: boolean;
  /** What the kernel writes that the network shows in the middle; null for none. */
  readonly kernel: string | null;
  /** Opens or closes the network; with a kernel, that one is shown. */
  openNetwork(isOpen: boolean, kernel?: string): void;
  /** Whether computing those has failed, so that they will not come. */
  readonly hasFailed: boolean;
}

/** Sends a message to the extension. */
export type Post = PostOf<ModelPage>;
