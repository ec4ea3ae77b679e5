import type { Concern } from '../estimate/concerns';
import { t } from '../language';

/** What a concern of a severity is called before its sentence. */
export function severityName(severity: 'error' | 'warning' | 'information'): string {
  return { error: t('Error'), warning: t('Warning'), information: t('Note') }[severity];
}

/** What a concern is about in a few words, for tables in which several models have it. */
export function concernTitle(code: Concern['code']): string {
  switch (code) {
    case 'unsupported-operator':
      return t("Operators that this board's TensorRT cannot import");
    case 'misread-operator':
      return t("Operators that this board's TensorRT reads otherwise, and computes a wrong result");
    case 'quantised-network':
      return t('Quantised, which the GPU of this board cannot run');
    case 'little-gain-from-fp16':
      return t('Little gain from FP16 on this board');
    case 'central-difference':
      return t('Central-difference convolutions, which run as two each');
    case 'training-form':
      return t('Exported in training form, slower than re-parameterised');
  }
}

/** Errors first, otherwise in the order given. */
export function bySeverity(concerns: readonly Concern[]): readonly Concern[] {
  return [...concerns].sort((one, other) => Number(other.severity === 'error') - Number(one.severity === 'error'));
}

/** How many there are and the most severe of them, in one line: `1 error and 2 warnings. …`; null without any. */
export function concernSummary(concerns: readonly Concern[]): string | null {
  const [worst, ...others] = bySeverity(concerns);
  if (worst === undefined) return null;
  if (others.length === 0) return `${severityName(worst.severity)}: ${worst.message}`;
  return `${concernCounts(concerns)}. ${worst.message}`;
}

/** `1 error and 2 warnings`. */
export function concernCounts(concerns: readonly Concern[]): string {
  const errors = concerns.filter(({ severity }) => severity === 'error').length;
  const warnings = concerns.length - errors;
  const [errorText, warningText] = [
    t('{0, plural, one {# error} other {# errors}}', errors),
    t('{0, plural, one {# warning} other {# warnings}}', warnings),
  ];
  if (errors === 0 || warnings === 0) return errors === 0 ? warningText : errorText;
  return t('{0} and {1}', errorText, warningText);
}
