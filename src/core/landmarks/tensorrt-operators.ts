import file from './tensorrt-operators.json';

/**
 * Operators of the default ONNX domain that a TensorRT release can import, by `major.minor`; the newest release known
 * that is not newer where that one is not listed. null before 7.1, the oldest known.
 */
export function importableOperators(version: string): ReadonlySet<string> | null {
  const asked = numberOf(version);
  const operators = new Set<string>();
  let known = false;
  for (const release of file.releases) {
    if (numberOf(release.version) > asked) break;
    known = true;
    for (const name of release.added) operators.add(name);
    for (const name of release.removed) operators.delete(name);
  }
  return known ? operators : null;
}

/**
 * Plugins that TensorRT brings, by the release from which on a board has them: the parser looks up an operator that it
 * does not know, of whatever domain, among them. TensorRT's changelog and the table in its plugin folder.
 */
const plugins: readonly (readonly [since: string, names: readonly string[]])[] = [
  ['7.1', ['BatchedNMS_TRT', 'NMS_TRT', 'Normalize_TRT', 'PriorBox_TRT', 'GridAnchor_TRT', 'LReLU_TRT', 'Reorg_TRT']],
  ['7.1', ['Region_TRT', 'RPROI_TRT', 'FlattenConcat_TRT', 'InstanceNormalization_TRT', 'CropAndResize', 'Proposal']],
  ['8.0', ['EfficientNMS_TRT', 'EfficientNMS_ONNX_TRT', 'BatchedNMSDynamic_TRT', 'NMSDynamic_TRT', 'CoordConvAC']],
  ['8.4', ['DisentangledAttention_TRT', 'MultiscaleDeformableAttnPlugin_TRT', 'PillarScatterPlugin']],
  ['8.4', ['VoxelGeneratorPlugin', 'DecodeBbox3DPlugin']],
];

/** Whether an operator, with its domain where that is not the default, is a plugin that a TensorRT release brings. */
export function isBundledPlugin(operator: string, version: string): boolean {
  const name = operator.slice(operator.lastIndexOf('.') + 1);
  return plugins.some(([since, names]) => names.includes(name) && !isBefore(version, since));
}

/** Highest opset that each release documents, oldest first: its release notes, "ONNX operator support". */
const documentedOpsets: readonly (readonly [since: string, opset: number])[] = [
  ['7.1', 11],
  ['8.0', 13],
  ['8.4', 17],
  ['10.0', 20],
  ['10.9', 22],
  ['10.13', 24],
  ['11.0', 25],
];

/** Highest opset that a TensorRT release documents; null before 7.1. Its parser reads newer ones as it can. */
export function documentedOpset(version: string): number | null {
  return documentedOpsets.filter(([since]) => !isBefore(version, since)).at(-1)?.[1] ?? null;
}

/** Whether a release of TensorRT (`8.2.1`) is older than another (`8.4`), by `major.minor`. */
export function isBefore(version: string, other: string): boolean {
  return numberOf(version) < numberOf(other);
}

function numberOf(version: string): number {
  const [major, minor] = version.split('.').map(Number);
  return (major ?? 0) * 1000 + (minor ?? 0);
}
