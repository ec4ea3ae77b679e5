import { type ConvItem, hasKernel, type Item, strideOf, type SumItem } from './items';
import { runsOf } from './runs';
import type { Activation } from './activation';

/** A residual block: F(x) + shortcut(x). */
export interface ResidualBlock {
  readonly sum: SumItem;
  /** The longer branch. */
  readonly body: readonly Item[];
  /** Convolutions of the body, in order. */
  readonly convs: readonly ConvItem[];
  readonly shortcut: 'identity' | 'projection' | 'pooled';
  readonly inputChannels: number;
  readonly outputChannels: number;
  /** Product of the strides along the body. */
  readonly stride: number;
  /** Whether the body has a squeeze-and-excitation gate. */
  readonly gated: boolean;
  readonly actAfterSum: Activation | null;
}

/** Reads a sum as a residual block; null when it is something else (two long branches, branches in branches). */
export function residualBlock(item: Item): ResidualBlock | null {
  if (item.kind !== 'sum' || item.branches.length !== 2) return null;
  const [first, second] = item.branches as [readonly Item[], readonly Item[]];
  const [body, shortcut] = convCount(first) >= convCount(second) ? [first, second] : [second, first];
  const convs: ConvItem[] = [];
  for (const part of body) {
    if (part.kind === 'conv') convs.push(part);
    else if (part.kind !== 'norm' && part.kind !== 'act' && part.kind !== 'gate' && part.kind !== 'pool') return null;
  }
  const [head, tail] = [convs[0], convs.at(-1)];
  const kind = shortcutKind(shortcut);
  if (head === undefined || tail === undefined || kind === null) return null;
  return {
    sum: item,
    body,
    convs,
    shortcut: kind,
    inputChannels: head.conv.inputChannels,
    outputChannels: tail.conv.outputChannels,
    stride: convs.reduce((product, { conv }) => product * strideOf(conv), 1),
    gated: body.some((part) => part.kind === 'gate'),
    actAfterSum: item.act,
  };
}

function convCount(items: readonly Item[]): number {
  return items.filter((item) => item.kind === 'conv').length;
}

function shortcutKind(items: readonly Item[]): ResidualBlock['shortcut'] | null {
  const rest = items.filter((item) => item.kind !== 'norm' && item.kind !== 'act');
  const convs = rest.filter((item) => item.kind === 'conv');
  const pools = rest.filter((item) => item.kind === 'pool');
  if (convs.length > 1 || convs.length + pools.length !== rest.length) return null;
  if (convs.some(({ conv }) => !hasKernel(conv, 1) && !hasKernel(conv, 3))) return null;
  if (pools.length > 0) return 'pooled';
  return convs.length === 1 ? 'projection' : 'identity';
}

/** Blocks and width of each stage: a new one begins where the width changes or a block strides. */
export function stagesOf(blocks: readonly ResidualBlock[]): { layout: readonly number[]; widths: readonly number[] } {
  const stages = runsOf(blocks, ([first], block) => first.outputChannels === block.outputChannels && block.stride <= 1);
  return { layout: stages.map(({ length }) => length), widths: stages.map(([first]) => first.outputChannels) };
}
