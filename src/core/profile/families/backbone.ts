import { type Item, weightedLayers } from '../structure/items';
import { SOURCE } from '../structure/layers';
import type { Network } from '../structure/network';
import { wordsOf } from '../structure/words';
import { convolutionalFamilies } from './convolutional';
import { brackets } from './naming';

/** Shares of a backbone that a family must explain for the backbone to be named after it. */
const LEAST_SHARE = 0.8;

/** What networks are called whose blocks are those of a family but not in a published number and width. */
const LIKENESSES: readonly (readonly [string, RegExp])[] = [
  ['MobileNetV1', /^D3(?:\/2)?~ P~ /],
  ['MobileNetV2', /^(?:P~ D3(?:\/2)?~ P|\(P~ D3~ P \+ \)) /],
  ['ResNet', /^\(C3(?:\/2)?~ C3 \+ [^()]*\)~ /],
  ['ResNet bottleneck', /^\(P~ C3(?:\/2)?~ P \+ [^()]*\)~ /],
];

/**
 * The name of a detector's backbone in short, e.g. `MobileNetV1 0.25`, `ResNet-50`, or `MobileNetV1 custom [2,3,2,6]` with
 * the blocks between strides; null where the blocks are none that are known.
 *
 * @param end the backbone's last layer, or one of the convolutions that bring it into a pyramid
 */
export function backboneName(network: Network, end: number): string | null {
  const items = network.itemsBetween(SOURCE, end);
  let length = items.length;
  while (items[length - 1]?.kind === 'norm' || items[length - 1]?.kind === 'act') length--;
  const whole = items.slice(0, length);
  const lateral = whole.at(-1);
  const isLateral = lateral?.kind === 'conv' && lateral.conv.kernel.every((side) => side === 1);
  const trunks = isLateral ? [whole.slice(0, -1), whole] : [whole];
  for (const trunk of trunks) {
    const weighted = [...weightedLayers(trunk)];
    const part: Network = { ...network, items: trunk, weighted, outputCount: 1 };
    for (const family of convolutionalFamilies) {
      const recognition = family.recognise(part);
      if (recognition === null) continue;
      if (recognition.explained !== undefined && recognition.explained.size < LEAST_SHARE * weighted.length) continue;
      // 'ResNet-50 [3,4,6,3] bottleneck' and 'MobileNetV1 width 0.25' in short.
      if (!recognition.variant.includes('custom'))
        return recognition.variant.replace(' width ', ' ').replace(/ \[.*/, '');
    }
  }
  for (const trunk of trunks) {
    const name = likeness(trunk);
    if (name !== null) return name;
  }
  return null;
}

/** Blocks of one kind after a stem of convolutions and pools, counted from stride to stride. */
function likeness(items: readonly Item[]): string | null {
  const text = `${wordsOf(items)} `.replace(/^(?:(?:C\d+(?:\/2)?~?|m\d(?:\/2)?) )+/, '');
  for (const [name, block] of LIKENESSES) {
    const counts: number[] = [];
    let rest = text;
    for (let found = block.exec(rest); found !== null; found = block.exec(rest)) {
      if (found[0].includes('/2') || counts.length === 0) counts.push(1);
      else counts[counts.length - 1] = (counts.at(-1) ?? 0) + 1;
      rest = rest.slice(found[0].length);
    }
    if (counts.length > 1 && rest === '') return `${name} custom ${brackets(counts)}`;
  }
  return null;
}
