import { type ConvItem, type GateItem, hasKernel, isDepthwise, isPointwise, type Item, strideOf } from './items';

/** A bottleneck with a linear end: [1×1 expand] → depthwise 3×3 → 1×1 without activation. */
export interface Bottleneck {
  readonly expand: ConvItem | null;
  readonly depthwise: ConvItem;
  readonly project: ConvItem;
  /** What is added to the result: nothing, the input, or its average pool by a 1×1 convolution. */
  readonly shortcut: 'none' | 'identity' | 'pooled';
  /** Squeeze-and-excitation inside the block or directly after it. */
  readonly gate: GateItem | null;
  readonly inputChannels: number;
  readonly innerChannels: number;
  readonly outputChannels: number;
  readonly stride: number;
}

/** A series of items around its longest run of bottlenecks that begins with the first one. */
export interface BottleneckChain {
  readonly before: readonly Item[];
  readonly bottlenecks: readonly Bottleneck[];
  readonly after: readonly Item[];
}

/** Reads the first run of bottlenecks; null where there is none. */
export function readBottlenecks(items: readonly Item[]): BottleneckChain | null {
  let start = 0;
  while (start < items.length && bottleneckAt(items, start) === null) start++;
  const bottlenecks: Bottleneck[] = [];
  let next = start;
  for (let read = bottleneckAt(items, next); read !== null; read = bottleneckAt(items, next)) {
    bottlenecks.push(read.bottleneck);
    next = read.next;
  }
  return bottlenecks.length === 0 ? null : { before: items.slice(0, start), bottlenecks, after: items.slice(next) };
}

function bottleneckAt(items: readonly Item[], start: number): { bottleneck: Bottleneck; next: number } | null {
  const item = items[start];
  if (item === undefined) return null;
  if (item.kind !== 'sum') {
    const read = plainBottleneck(items, start);
    return read === null ? null : withGate(read.bottleneck, items, read.next);
  }
  const [first, second] = item.branches;
  if (item.branches.length !== 2 || first === undefined || second === undefined || item.act !== null) return null;
  const [long, short] = first.some(isDepthwiseItem) ? [first, second] : [second, first];
  const shortcut = short.length === 0 ? 'identity' : isPooledShortcut(short) ? 'pooled' : null;
  const read = plainBottleneck(long, 0);
  if (read === null || shortcut === null) return null;
  const inside = withGate(read.bottleneck, long, read.next);
  if (inside.next !== long.length) return null;
  return withGate({ ...inside.bottleneck, shortcut }, items, start + 1);
}

function withGate(
  bottleneck: Bottleneck,
  items: readonly Item[],
  next: number,
): { bottleneck: Bottleneck; next: number } {
  const gate = items[next];
  if (gate?.kind !== 'gate' || bottleneck.gate !== null) return { bottleneck, next };
  return { bottleneck: { ...bottleneck, gate }, next: next + 1 };
}

function plainBottleneck(items: readonly Item[], start: number): { bottleneck: Bottleneck; next: number } | null {
  const [first, second, third] = items.slice(start, start + 3);
  if (first?.kind !== 'conv' || second?.kind !== 'conv') return null;
  if (isDepthwise3(first)) {
    if (!isLinearPointwise(second)) return null;
    return { bottleneck: bottleneckOf(null, first, second), next: start + 2 };
  }
  if (third?.kind !== 'conv' || !isPointwise(first.conv) || first.act === null) return null;
  if (!isDepthwise3(second) || !isLinearPointwise(third)) return null;
  return { bottleneck: bottleneckOf(first, second, third), next: start + 3 };
}

function bottleneckOf(expand: ConvItem | null, depthwise: ConvItem, project: ConvItem): Bottleneck {
  return {
    expand,
    depthwise,
    project,
    shortcut: 'none',
    gate: null,
    inputChannels: (expand ?? depthwise).conv.inputChannels,
    innerChannels: depthwise.conv.outputChannels,
    outputChannels: project.conv.outputChannels,
    stride: strideOf(depthwise.conv),
  };
}

function isLinearPointwise(item: ConvItem): boolean {
  return isPointwise(item.conv) && item.act === null;
}

function isDepthwise3(item: ConvItem): boolean {
  return isDepthwise(item.conv) && hasKernel(item.conv, 3) && item.act !== null;
}

function isDepthwiseItem(item: Item): boolean {
  return item.kind === 'conv' && isDepthwise(item.conv);
}

function isPooledShortcut(items: readonly Item[]): boolean {
  const pools = items.filter((item) => item.kind === 'pool' && item.pool === 'average');
  const convs = items.filter((item) => item.kind === 'conv' && isPointwise(item.conv));
  const norms = items.filter((item) => item.kind === 'norm');
  return pools.length === 1 && convs.length === 1 && pools.length + convs.length + norms.length === items.length;
}
