/** What one model may cost to read. A file beyond a limit is refused with the code `too-large`. */
export interface Limits {
  /** Messages inside messages; protobuf's own readers stop at 100 too, which is about 30 levels of sub-graphs. */
  readonly maxNesting: number;
  /**
   * Nodes, tensors, sub-graphs and functions together, the heaviest parts; and the nodes of all graphs once more after
   * function calls are replaced by their bodies.
   */
  readonly maxNodes: number;
  /** Tensors alone: about two kilobytes of memory each. */
  readonly maxTensors: number;
  /** Graphs and functions alone: about as heavy, and each with work of its own in every stage. */
  readonly maxGraphs: number;
  /** Messages of the structure: nodes, attributes, types, dimensions and so on. Each becomes an object. */
  readonly maxMessages: number;
  /** Names and string values of the structure. */
  readonly maxNames: number;
  /** Numbers kept from dims, attributes and small tensors together. */
  readonly maxNumbers: number;
  /** Bytes of the structure without payloads. */
  readonly maxStructureBytes: number;
  /** Estimated bytes that replacing function calls by their bodies may add. */
  readonly maxExpansionBytes: number;
  /** Tensors of at most this many elements keep their values. */
  readonly maxInlineElements: number;
  /**
   * Bytes of such tensors that are kept in all; beyond these, of further tensors only those of a few values are. In files
   * of networks, small weights are many and tell nothing, while shapes are computed from a few numbers each.
   */
  readonly maxKeptBytes: number;
  /** Attribute lists of at most this many elements, and attribute strings of 16 times as many bytes, are kept. */
  readonly maxListElements: number;
}

/**
 * Wide enough for language models exported node by node (about 100,000 nodes); at their worst they bound the
 * memory of one reading to several hundred megabytes, and only for a file that is itself some megabytes large.
 */
export const defaultLimits: Limits = {
  maxNesting: 100,
  maxNodes: 300_000,
  maxTensors: 120_000,
  maxGraphs: 70_000,
  maxMessages: 1_500_000,
  maxNames: 4_000_000,
  maxNumbers: 4_000_000,
  maxStructureBytes: 128 * 1024 * 1024,
  maxExpansionBytes: 128 * 1024 * 1024,
  maxInlineElements: 1024,
  maxKeptBytes: 4 * 1024 * 1024,
  maxListElements: 4096,
};

/** What is read within some tens of milliseconds. */
export const quickLimits: Limits = {
  ...defaultLimits,
  maxNodes: 4_000,
  maxMessages: 30_000,
  maxNames: 20_000,
  maxNumbers: 200_000,
  maxStructureBytes: 4 * 1024 * 1024,
  maxExpansionBytes: 2 * 1024 * 1024,
};
