import type { Node, Tensor } from './model';

/** The integer of an attribute, or `fallback` if it is absent or of another kind; so for the other kinds below. */
export function intOf<Fallback extends number | null = null>(node: Node, name: string, fallback = null as Fallback) {
  const attribute = node.attributes.get(name);
  return attribute?.kind === 'int' ? attribute.value : fallback;
}

export function floatOf<Fallback extends number | null = null>(node: Node, name: string, fallback = null as Fallback) {
  const attribute = node.attributes.get(name);
  return attribute?.kind === 'float' ? attribute.value : fallback;
}

export function stringOf<Fallback extends string | null = null>(node: Node, name: string, fallback = null as Fallback) {
  const attribute = node.attributes.get(name);
  return attribute?.kind === 'string' ? attribute.value : fallback;
}

export function intsOf(node: Node, name: string): readonly number[] | null {
  const attribute = node.attributes.get(name);
  return attribute?.kind === 'ints' ? attribute.values : null;
}

export function tensorOf(node: Node, name: string): Tensor | null {
  const attribute = node.attributes.get(name);
  return attribute?.kind === 'tensor' ? attribute.value : null;
}
