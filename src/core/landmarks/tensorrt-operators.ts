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

function numberOf(version: string): number {
  const [major, minor] = version.split('.').map(Number);
  return (major ?? 0) * 1000 + (minor ?? 0);
}
