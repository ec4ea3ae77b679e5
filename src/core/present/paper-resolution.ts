import table4 from '../landmarks/reported/table4.json';
import type { Query } from '../estimate/estimate';
import type { ModelProfile } from '../profile/profile';

/** The highest resolution at which the paper ran a network, and its throughput there (Table 4). */
export interface PaperResolution {
  /** As Table 4 names it. */
  readonly model: string;
  readonly resolution: number;
  readonly throughputFps: number;
}

/** The highest resolution in Table 4: nothing was measured beyond it. */
export const paperHighestResolution = Math.max(...table4.rows.map((row) => row.maxResolution));

/**
 * Table 4's row for a model where it is one of its networks, on the board and runtime of the table; for display only,
 * since nothing is fitted to that table. Heads of another size count as the same network: they take no time to speak of.
 */
export function paperResolution({ variant }: ModelProfile, { device, runtime }: Query): PaperResolution | null {
  if (variant === null || device !== 'jetson-nano' || runtime !== 'tensorrt-fp16') return null;
  const row = table4.rows.find(({ model }) => plainName(model) === plainName(variant));
  return row === undefined
    ? null
    : { model: row.model, resolution: row.maxResolution, throughputFps: row.throughputFps };
}

/** `ResNet-18 [2,2,2,2] basic` and `resnet18` are one name, as are `MobileNetV2 width 0.5` and `mobilenet_v2 width=0.5`. */
function plainName(name: string): string {
  return name
    .replace(/ [[(].*/, '')
    .toLowerCase()
    .replace(/[^a-z0-9.]/g, '');
}
