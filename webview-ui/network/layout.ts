import { t } from '../../src/core/language';
import { Graph, layout } from '@dagrejs/dagre';
import type { NetworkView, RepeatedBlock } from '../../src/core/present/network-view';

/** A box of the picture: a kernel, or a repeated block that is collapsed. */
export interface Box {
  readonly id: string;
  /** The kernel, or the first of the block. */
  readonly kernel: number;
  /** null for a kernel. */
  readonly block: RepeatedBlock | null;
  readonly latencyMs: number;
  /** 0 to 1, of the whole latency. */
  readonly share: number;
  readonly title: string;
  readonly detail: string;
  /** Centre and size in the picture's own units. */
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface Wire {
  readonly from: string;
  readonly to: string;
  readonly points: readonly { readonly x: number; readonly y: number }[];
}

/** Where everything of the network is drawn. */
export interface Picture {
  readonly boxes: readonly Box[];
  readonly wires: readonly Wire[];
  readonly width: number;
  readonly height: number;
}

const boxWidth = 190;
const boxHeight = 42;

const gap = 30;

/** Boxes that a wire passes before it is drawn straight, past the layout: a dense network has thousands of those. */
const maxSpan = 24;

/** Wires into one box that the layout makes room for, the shortest. */
const maxInto = 3;

/** Boxes that are laid out together at most with all their wires. */
const largestPart = 150;

/**
 * Lays out the network from top to bottom. A network is a chain of parts that one kernel alone leads from to the next;
 * each part is laid out by itself and hung under the one before, so that the time grows with the number of kernels.
 *
 * @param expanded first kernels of the repeated blocks that are drawn kernel by kernel
 */
export function layOut(view: NetworkView, expanded: ReadonlySet<number>): Picture {
  const collapsed = view.blocks.filter(({ first }) => !expanded.has(first));
  const kernels = [...new Set(boxesOfKernels(view, collapsed))];
  const links = linksOf(view, collapsed, kernels);
  const centres: Point[] = [];
  const bent = new Map<Link, readonly Point[]>();
  const known = new Map<string, Part>();
  for (const { first, last } of partsOf(kernels.length, links.near)) {
    const inside = links.near.filter(({ from, to }) => from >= first && to <= last);
    const kept = last - first > largestPart ? inside.filter(({ from, to }) => to - from === 1) : inside;
    // Networks repeat themselves: parts with the same links look the same.
    const shape = JSON.stringify([last - first, ...kept.map(({ from, to }) => [from - first, to - first])]);
    const part =
      known.get(shape) ??
      layOutPart(
        last - first + 1,
        kept.map(({ from, to }) => ({ from: from - first, to: to - first })),
      );
    known.set(shape, part);
    const start = centres[first] ?? { x: 0, y: 0 };
    const shift = { x: start.x - part.centres[0]!.x, y: start.y - part.centres[0]!.y };
    const moved = ({ x, y }: Point): Point => ({ x: x + shift.x, y: y + shift.y });
    part.centres.forEach((centre, index) => {
      centres[first + index] = moved(centre);
    });
    kept.forEach((link, index) => {
      const points = part.points[index];
      if (points !== undefined) bent.set(link, points.map(moved));
    });
  }
  const left = centres.reduce((least, { x }) => Math.min(least, x), 0) - boxWidth / 2 - gap;
  const right = centres.reduce((most, { x }) => Math.max(most, x), 0) + boxWidth / 2 + gap;
  const bottom = centres.reduce((most, { y }) => Math.max(most, y), 0) + boxHeight / 2 + gap;
  const placed = ({ x, y }: Point): Point => ({ x: x - left, y: y + boxHeight / 2 + gap });
  const blocks = new Map(collapsed.map((block) => [block.first, block]));
  return {
    boxes: kernels.map((kernel, index) => ({
      ...contents(view, kernel, blocks.get(kernel) ?? null),
      ...placed(centres[index]!),
      width: boxWidth,
      height: boxHeight,
    })),
    wires: [...links.near, ...links.far].map((link) => ({
      from: String(kernels[link.from]),
      to: String(kernels[link.to]),
      points: (bent.get(link) ?? straight(centres[link.from]!, centres[link.to]!)).map(placed),
    })),
    width: right - left,
    height: bottom + boxHeight / 2 + gap,
  };
}

interface Point {
  readonly x: number;
  readonly y: number;
}

/** What flows from one box to another, by their places in the order in which they run. */
interface Link {
  readonly from: number;
  readonly to: number;
}

/** `near`: what the layout makes room for; `far`: what is drawn past it. */
function linksOf(
  view: NetworkView,
  collapsed: readonly RepeatedBlock[],
  kernels: readonly number[],
): { readonly near: readonly Link[]; readonly far: readonly Link[] } {
  const boxOf = boxesOfKernels(view, collapsed);
  const placeOf = new Map(kernels.map((kernel, place) => [kernel, place]));
  const sources = kernels.map(() => new Set<number>());
  for (const [index, node] of view.nodes.entries()) {
    const to = placeOf.get(boxOf[index]!)!;
    for (const source of node.sources) {
      const from = placeOf.get(boxOf[source] ?? -1);
      if (from !== undefined && from < to) sources[to]!.add(from);
    }
  }
  const near: Link[] = [];
  const far: Link[] = [];
  for (const [to, all] of sources.entries()) {
    for (const [rank, from] of [...all].sort((a, b) => b - a).entries()) {
      (rank < maxInto && to - from <= maxSpan ? near : far).push({ from, to });
    }
  }
  return { near, far };
}

/** The parts of a chain: from each box that no link passes to the next such box. */
function partsOf(boxes: number, links: readonly Link[]): readonly { readonly first: number; readonly last: number }[] {
  const passes = new Int32Array(boxes + 1);
  for (const { from, to } of links) {
    passes[from + 1]! += 1;
    passes[to]! -= 1;
  }
  const parts: { first: number; last: number }[] = [];
  let [first, open] = [0, 0];
  for (let box = 0; box < boxes; box++) {
    open += passes[box]!;
    if (box === 0 || (open > 0 && box < boxes - 1)) continue;
    parts.push({ first, last: box });
    first = box;
  }
  return boxes === 1 ? [{ first: 0, last: 0 }] : parts;
}

interface Part {
  /** Of its boxes, in their order. */
  readonly centres: readonly Point[];
  /** Of its links, in their order; none where all are straight. */
  readonly points: readonly (readonly Point[])[];
}

function layOutPart(boxes: number, links: readonly Link[]): Part {
  const places = Array.from({ length: boxes }, (_, index) => index);
  if (links.every(({ from, to }) => to === from + 1)) {
    return { centres: places.map((index) => ({ x: 0, y: index * (boxHeight + gap) })), points: [] };
  }
  const graph = new Graph();
  graph.setGraph({ rankdir: 'TB', nodesep: 26, ranksep: gap });
  for (const index of places) graph.setNode(String(index), { width: boxWidth, height: boxHeight });
  for (const { from, to } of links) graph.setEdge(String(from), String(to), {});
  layout(graph);
  return {
    centres: places.map((index) => graph.node(String(index)) as Point),
    points: links.map(({ from, to }) => (graph.edge({ v: String(from), w: String(to) }) as { points: Point[] }).points),
  };
}

function straight(from: Point, to: Point): readonly Point[] {
  return [
    { x: from.x, y: from.y + boxHeight / 2 },
    { x: to.x, y: to.y - boxHeight / 2 },
  ];
}

/** By kernel the one that its box is called after. */
function boxesOfKernels(view: NetworkView, collapsed: readonly RepeatedBlock[]): readonly number[] {
  const boxes = view.nodes.map((_, index) => index);
  for (const { first, length, times } of collapsed) boxes.fill(first, first, first + length * times);
  return boxes;
}

function contents(
  { nodes }: NetworkView,
  kernel: number,
  block: RepeatedBlock | null,
): Pick<Box, 'id' | 'kernel' | 'block' | 'latencyMs' | 'share' | 'title' | 'detail'> {
  const { name, operators, shape, latencyMs, share } = nodes[kernel]!;
  const own = { id: String(kernel), kernel, block };
  if (block === null) return { ...own, latencyMs: latencyMs ?? 0, share, title: operators, detail: shape || name };
  const members = nodes.slice(block.first, block.first + block.length * block.times);
  return {
    ...own,
    latencyMs: members.reduce((sum, member) => sum + (member.latencyMs ?? 0), 0),
    share: members.reduce((sum, member) => sum + member.share, 0),
    title: t('{0} × a block of {1} kernels', block.times, block.length),
    detail: members.at(-1)!.shape,
  };
}
