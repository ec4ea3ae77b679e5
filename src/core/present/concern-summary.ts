import type { Concern } from '../estimate/concerns';

/** What a concern of a severity is called before its sentence. */
export const severityNames: Readonly<Record<'error' | 'warning' | 'information', string>> = {
  error: 'Error',
  warning: 'Warning',
  information: 'Note',
};

/** What a concern is about in a few words, for tables in which several models have it. */
export const concernTitles: Readonly<Record<Concern['code'], string>> = {
  'unsupported-operator': "Operators that this board's TensorRT cannot import",
  'misread-operator': "Operators that this board's TensorRT reads otherwise, and computes a wrong result",
  'quantised-network': 'Quantised, which the GPU of this board cannot run',
  'little-gain-from-fp16': 'Little gain from FP16 on this board',
  'central-difference': 'Central-difference convolutions, which run as two each',
  'training-form': 'Exported in training form, slower than re-parameterised',
};

/** Errors first, otherwise in the order given. */
export function bySeverity(concerns: readonly Concern[]): readonly Concern[] {
  return [...concerns].sort((one, other) => Number(other.severity === 'error') - Number(one.severity === 'error'));
}

/** How many there are and the most severe of them, in one line: `1 error and 2 warnings. …`; null without any. */
export function concernSummary(concerns: readonly Concern[]): string | null {
  const [worst, ...others] = bySeverity(concerns);
  if (worst === undefined) return null;
  if (others.length === 0) return `${worst.severity === 'error' ? 'Error' : 'Warning'}: ${worst.message}`;
  return `${concernCounts(concerns)}. ${worst.message}`;
}

/** `1 error and 2 warnings`. */
export function concernCounts(concerns: readonly Concern[]): string {
  const errors = concerns.filter(({ severity }) => severity === 'error').length;
  return [counted(errors, 'error'), counted(concerns.length - errors, 'warning')]
    .filter((text) => text !== '')
    .join(' and ');
}

function counted(count: number, word: string): string {
  return count === 0 ? '' : `${count} ${word}${count === 1 ? '' : 's'}`;
}
