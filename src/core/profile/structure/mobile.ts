import { type ConvItem, type GateItem, isDepthwise, isPointwise, type Item, strideOf } from './items';
import { splitHead } from './head';

/** A depthwise-separable or inverted residual block: [1×1 expand] → depthwise → [gate] → 1×1 project. */
export interface MobileBlock {
  /** The 1×1 that widens; null in a depthwise-separable block. */
  readonly expand: ConvItem | null;
  readonly depthwise: ConvItem;
  readonly gate: GateItem | null;
  readonly project: ConvItem;
  readonly residual: boolean;
  readonly inputChannels: number;
  readonly outputChannels: number;
  /** Channels of the depthwise convolution over those of the block's input. */
  readonly expansion: number;
  /** Side of the depthwise kernel. */
  readonly kernel: number;
  readonly stride: number;
}

/** A network made of such blocks. */
export interface MobileNetwork {
  /** Ordinary convolutions before the first block. */
  readonly stem: readonly ConvItem[];
  readonly blocks: readonly MobileBlock[];
  /** What comes between the last block and the head. */
  readonly last: readonly Item[];
  readonly head: readonly Item[];
}

/** A convolution or a gate, and whether it is inside a residual. */
interface Token<T extends Item = ConvItem | GateItem> {
  readonly item: T;
  readonly residual: boolean;
}

/** Reads a network as a sequence of such blocks; null where something else lies between them. */
export function readMobileNetwork(items: readonly Item[]): MobileNetwork | null {
  const { body, head } = splitHead(items);
  const tokens = tokenize(body);
  if (tokens === null) return null;
  const first = tokens.findIndex(isDepthwiseToken);
  if (first < 0) return null;
  const blocks: MobileBlock[] = [];
  let start = first > 0 && expands(tokens[first - 1], tokens[first]) ? first - 1 : first;
  const stem = tokens.slice(0, start);
  if (!stem.every(isConv)) return null;
  for (;;) {
    const read = readBlock(tokens, start);
    if (read === null) break;
    blocks.push(read.block);
    start = read.next;
  }
  const rest = tokens.slice(start);
  // A global depthwise convolution may follow the blocks (MobileFaceNet, FeatherNet); nothing else depthwise may.
  if (blocks.length === 0 || rest.filter(isDepthwiseToken).length > 1) return null;
  return { stem: stem.map((token) => token.item), blocks, last: rest.map((token) => token.item), head };
}

function tokenize(items: readonly Item[]): Token[] | null {
  const tokens: Token[] = [];
  for (const item of items) {
    if (item.kind === 'conv' || item.kind === 'gate') tokens.push({ item, residual: false });
    else if (item.kind === 'sum') {
      const [first, second] = item.branches;
      if (item.branches.length !== 2 || first === undefined || second === undefined) return null;
      if (first.length > 0 && second.length > 0) return null;
      for (const part of first.length > 0 ? first : second) {
        if (part.kind !== 'conv' && part.kind !== 'gate') return null;
        tokens.push({ item: part, residual: true });
      }
    } else if (item.kind !== 'norm' && item.kind !== 'act' && item.kind !== 'pool') return null;
  }
  return tokens;
}

function isConv(token: Token | undefined): token is Token<ConvItem> {
  return token?.item.kind === 'conv';
}

function isDepthwiseToken(token: Token | undefined): boolean {
  return isConv(token) && isDepthwise(token.item.conv);
}

function isPointwiseToken(token: Token | undefined): token is Token<ConvItem> {
  return isConv(token) && isPointwise(token.item.conv);
}

/** An expansion is a 1×1 with an activation before the depthwise convolution of the same (or no) residual. */
function expands(before: Token | undefined, depthwise: Token | undefined): boolean {
  return isPointwiseToken(before) && before.item.act !== null && before.residual === depthwise?.residual;
}

function gateOf(token: Token | undefined): GateItem | null {
  return token?.item.kind === 'gate' ? token.item : null;
}

function readBlock(tokens: readonly Token[], start: number): { block: MobileBlock; next: number } | null {
  let next = start;
  let expand: ConvItem | null = null;
  const opening = tokens[next];
  if (!isDepthwiseToken(opening)) {
    if (!isPointwiseToken(opening) || !isDepthwiseToken(tokens[next + 1])) return null;
    expand = opening.item;
    next++;
  }
  const middle = tokens[next++];
  if (!isConv(middle)) return null;
  const depthwise = middle.item;
  let gate = gateOf(tokens[next]);
  if (gate !== null) next++;
  const closing = tokens[next++];
  if (!isPointwiseToken(closing)) return null;
  if (gate === null && tokens[next]?.residual === closing.residual) {
    // Some networks squeeze after the projection instead of before it.
    gate = gateOf(tokens[next]);
    if (gate !== null) next++;
  }
  const inputChannels = (expand ?? depthwise).conv.inputChannels;
  const block: MobileBlock = {
    expand,
    depthwise,
    gate,
    project: closing.item,
    residual: closing.residual,
    inputChannels,
    outputChannels: closing.item.conv.outputChannels,
    expansion: depthwise.conv.outputChannels / inputChannels,
    kernel: depthwise.conv.kernel[0] ?? 0,
    stride: strideOf(depthwise.conv),
  };
  return { block, next };
}

/**
 * Rounds a scaled width to a multiple of `divisor`, never by more than a tenth down: `_make_divisible` of the
 * MobileNet reference code, which all its descendants share.
 */
export function makeDivisible(width: number, divisor = 8): number {
  const rounded = Math.max(divisor, Math.floor((width + divisor / 2) / divisor) * divisor);
  return rounded < 0.9 * width ? rounded + divisor : rounded;
}

/**
 * The width multiplier with the fewest decimals for which `channels(width)` gives the observed channels; null
 * when none between 0.05 and 4 does.
 */
export function findWidth(observed: readonly number[], channels: (width: number) => readonly number[]): number | null {
  for (const step of [0.25, 0.1, 0.05, 0.125, 0.01]) {
    for (let count = 1; count * step <= 4; count++) {
      const width = Number((count * step).toFixed(3));
      const expected = channels(width);
      if (observed.length === expected.length && observed.every((value, index) => value === expected[index]))
        return width;
    }
  }
  return null;
}

/** The same where all channels are multiplied and rounded by `makeDivisible`. */
export function multiplierOf(
  observed: readonly number[],
  published: readonly number[],
  divisor?: number,
): number | null {
  return findWidth(observed, (width) => published.map((channels) => makeDivisible(channels * width, divisor)));
}
