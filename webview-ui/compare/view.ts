import { sizeQuery } from '../../src/core/image-size';
import { comparedDeployment } from '../../src/core/present/compare-text';
import type { ComparePage, ComparisonMessage, ComparisonSort } from '../../src/protocol/compare-page';
import type { Post } from '../../src/protocol/page';

/** How the page is arranged, by its own controls. */
export interface CompareArrangement {
  readonly sort: ComparisonSort;
  /** Whether rows beyond the first are drawn too. */
  readonly showsAll: boolean;
  /** Words that the rows shown must have. */
  readonly filter: string;
  /** Whether models for different input sizes are set apart. */
  readonly isGrouped: boolean;
  /** What FPS is drawn over in the second chart. */
  readonly axis: 'parameters' | 'accuracy';
}

/** All that the page is drawn from, and what its controls do. */
export interface CompareView extends CompareArrangement {
  readonly message: ComparisonMessage;
  readonly post: Post<ComparePage>;
  change(changes: Partial<CompareArrangement>): void;
}

/** Where the figures hold: device, runtime, and the size where one is asked for. */
export function placeOf({ choice, size: { image, batch } }: ComparisonMessage): string {
  return comparedDeployment({ ...choice, ...(image === null ? {} : sizeQuery(image)), batch: batch ?? undefined });
}

/** A path's last part, and the folders before it; '' without any. */
export function splitPath(file: string): { readonly name: string; readonly folder: string } {
  const at = Math.max(file.lastIndexOf('/'), file.lastIndexOf('\\'));
  return { name: file.slice(at + 1), folder: at < 0 ? '' : file.slice(0, at) };
}
