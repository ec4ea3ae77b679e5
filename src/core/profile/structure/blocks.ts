import { largestOf } from '../../extremes';
import { type Item, weightedLayers } from './items';
import { runsOf } from './runs';
import { wordOf } from './words';

/** One kind of block, in the words of `wordOf`. */
export interface BlockPattern {
  /** Source of a regular expression for the block's words, each of them with a space after it. */
  readonly words: string;
  /** True for what lies between stages and is no block of its own. */
  readonly between?: true;
}

/** A network of blocks as a table: a stem, blocks of some kinds in any order, and a head. */
export interface BlockGrammar {
  readonly stem: string;
  readonly blocks: readonly BlockPattern[];
  /** What follows the blocks; the end of the network. */
  readonly head: string;
}

/** A network read by a grammar. */
export interface BlockReading {
  readonly stem: readonly Item[];
  readonly blocks: readonly Block[];
  /** Blocks of each stage, and the channels of its result. */
  readonly counts: readonly number[];
  readonly widths: readonly number[];
  readonly head: readonly Item[];
}

export interface Block {
  /** Index of its kind in the grammar. */
  readonly kind: number;
  readonly items: readonly Item[];
  readonly stride: number;
  /** Channels of its result. */
  readonly channels: number;
  /** Whether a stage begins with it: one of another width, or one that strides. */
  readonly opens: boolean;
}

interface Compiled {
  readonly stem: RegExp;
  readonly blocks: readonly RegExp[];
  readonly head: RegExp;
}

const compiled = new WeakMap<BlockGrammar, Compiled>();

function compile(grammar: BlockGrammar): Compiled {
  let known = compiled.get(grammar);
  if (known === undefined) {
    known = {
      stem: new RegExp(grammar.stem, 'y'),
      blocks: grammar.blocks.map(({ words }) => new RegExp(words, 'y')),
      head: new RegExp(`(?:${grammar.head})$`, 'y'),
    };
    compiled.set(grammar, known);
  }
  return known;
}

/** A series of items as one text, with the item that begins at each place of it. */
interface Text {
  readonly words: string;
  readonly starts: ReadonlyMap<number, number>;
}

/** Words of a block are shorter; longer ones would only keep patterns busy. */
const LONGEST_WORD = 1000;

const texts = new WeakMap<readonly Item[], Text>();

function textOf(items: readonly Item[]): Text {
  let text = texts.get(items);
  if (text === undefined) {
    const starts = new Map<number, number>();
    let words = '';
    for (const [index, item] of items.entries()) {
      starts.set(words.length, index);
      const word = wordOf(item);
      words += word.length > LONGEST_WORD ? '{#} ' : `${word} `;
    }
    starts.set(words.length, items.length);
    text = { words, starts };
    texts.set(items, text);
  }
  return text;
}

/** Reads a network by a grammar; null where it is none of its kind. */
export function readBlocks(items: readonly Item[], grammar: BlockGrammar): BlockReading | null {
  const { words, starts } = textOf(items);
  const { stem, blocks: kinds, head } = compile(grammar);
  const matchAt = (pattern: RegExp, place: number): number | null => {
    pattern.lastIndex = place;
    return pattern.test(words) ? pattern.lastIndex : null;
  };
  const begin = matchAt(stem, 0);
  if (begin === null) return null;
  const blocks: Block[] = [];
  let place = begin;
  let isNew = true;
  let channels = channelsOf(items.slice(0, starts.get(begin)), 0);
  for (;;) {
    const kind = kinds.findIndex((pattern) => {
      const end = matchAt(pattern, place);
      return end !== null && end > place;
    });
    if (kind < 0) break;
    const end = kinds[kind]?.lastIndex ?? 0;
    const within = items.slice(starts.get(place), starts.get(end));
    const stride = strideOf(words.slice(place, end));
    const before = channels;
    channels = channelsOf(within, before);
    if (grammar.blocks[kind]?.between === true) isNew = true;
    else {
      blocks.push({ kind, items: within, stride, channels, opens: isNew || stride > 1 || channels !== before });
      isNew = false;
    }
    place = end;
  }
  if (blocks.length === 0 || matchAt(head, place) === null) return null;
  const stages = runsOf(blocks, (_, { opens }) => !opens);
  return {
    stem: items.slice(0, starts.get(begin)),
    blocks,
    counts: stages.map(({ length }) => length),
    widths: stages.map(([first]) => first.channels),
    head: items.slice(starts.get(place)),
  };
}

function strideOf(words: string): number {
  // What is resized to the size that it had before is not smaller.
  const lasting = words.replace(/\([^()]*\{(?:Resize|Upsample)\}[^()]*\)/g, '');
  return largestOf([1, ...[...lasting.matchAll(/\/(\d+)/g)].map(([, stride]) => Number(stride))]);
}

/** Channels after a series of items that begins with `before` of them. */
function channelsOf(items: readonly Item[], before: number): number {
  let channels = before;
  for (const item of items) {
    if (item.kind === 'conv') channels = item.conv.outputChannels;
    else if (item.kind === 'linear') channels = item.linear.outputFeatures;
    else if (item.kind === 'sum' || item.kind === 'product') {
      const [longest] = [...item.branches].sort((one, other) => weightedLayers(other).size - weightedLayers(one).size);
      channels = channelsOf(longest ?? [], channels);
    } else if (item.kind === 'concat') {
      const start = channels;
      channels = item.branches.reduce((sum, branch) => sum + channelsOf(branch, start), 0);
    }
  }
  return channels;
}
