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
