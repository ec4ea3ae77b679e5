import { largestOf } from '../../extremes';
import { type ConvItem, isDepthwise, type Item } from './items';

/** x·(1 + tanh(c·(x + d·x³))): GELU's approximation, written out. */
const TANH_GELU = '(((( * ) * ) + ) a * )';

/**
 * Items as text, for families that are tables of blocks: one word an item, words parted by spaces, channels left out.
 *
 * Convolutions: `C` full, `P` 1×1, `D` depthwise, `G` grouped, `T` transposed; then the kernel unless 1×1, `/` and the
 * stride unless 1, and `~` for an activation: `C7/2~`. `L` linear, `b` BatchNormalization and `n` another normalisation
 * that follow no convolution, `a` an activation that follows neither, `m`, `v` and `g` maximum, average and global
 * pooling, `!` squeeze-and-excitation, `s` a transposition. Branches: `(A + B)` summed, the longest first, `(A * B)`
 * multiplied, `[A | B]` concatenated. `{Op}` is another operator, `{#}` a part that is no series of branches.
 */
export function wordOf(item: Item): string {
  switch (item.kind) {
    case 'conv':
      return convolutionWord(item);
    case 'linear':
      return `L${item.act === null ? '' : '~'}`;
    case 'norm':
      return `${item.batch ? 'b' : 'n'}${item.act === null ? '' : '~'}`;
    case 'act':
      return 'a';
    case 'pool':
      return `${item.pool === 'max' ? 'm' : item.pool === 'average' ? 'v' : 'g'}${sizes(item.kernel)}${strides(item.strides)}`;
    case 'gate':
      return '!';
    case 'shuffle':
      return 's';
    case 'sum':
      return `(${byLength(terms(item.branches)).join(' + ')})${item.act === null ? '' : '~'}`;
    case 'product': {
      const word = `(${byLength(item.branches).join(' * ')})`;
      return word === TANH_GELU ? 'a' : word;
    }
    case 'concat':
      return `[${item.branches.map(wordsOf).join(' | ')}]${item.act === null ? '' : '~'}`;
    case 'other':
      if (item.branches.length > 0) return `{${item.op} ${item.branches.map(wordsOf).join(' | ')}}`;
      return item.layers.length > 1 ? '{#}' : `{${item.op}}`;
  }
}

/** The words of a series of items. */
export function wordsOf(items: readonly Item[]): string {
  return items.map(wordOf).join(' ');
}

/** Branches of a sum, with those of a sum that is a branch of its own: a + (b + c). */
function terms(branches: readonly (readonly Item[])[]): readonly (readonly Item[])[] {
  return branches.flatMap((branch) => {
    const [only] = branch;
    return branch.length === 1 && only?.kind === 'sum' && only.act === null ? terms(only.branches) : [branch];
  });
}

function byLength(branches: readonly (readonly Item[])[]): string[] {
  return branches.map(wordsOf).sort((one, other) => other.length - one.length || (one < other ? -1 : 1));
}

function convolutionWord({ conv, act }: ConvItem): string {
  const isPointwise = conv.kernel.every((side) => side === 1);
  const kind = conv.transposed ? 'T' : isDepthwise(conv) ? 'D' : conv.groups > 1 ? 'G' : isPointwise ? 'P' : 'C';
  return `${kind}${kind === 'P' ? '' : sizes(conv.kernel)}${strides(conv.strides)}${act === null ? '' : '~'}`;
}

function sizes(kernel: readonly number[]): string {
  const [first] = kernel;
  return kernel.every((side) => side === first) ? String(first ?? '') : kernel.join('x');
}

function strides(values: readonly number[]): string {
  const stride = largestOf([1, ...values]);
  return stride === 1 ? '' : `/${stride}`;
}
