import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { infer, readBytes } from './models';

interface Case {
  readonly name: string;
  readonly model: string;
  readonly outputs: Readonly<
    Record<
      string,
      { readonly dims: readonly number[]; readonly type: number; readonly values: readonly (number | null)[] | null }
    >
  >;
}

const cases = JSON.parse(
  gunzipSync(readFileSync(new URL('node-models.json.gz', import.meta.url))).toString(),
) as readonly Case[];

/** Operators whose output size follows from data, or that no vision network uses. */
const left = new Set([
  ...['Adagrad', 'Adam', 'Momentum', 'Gradient'].map((name) => `ai.onnx.preview.training.${name}`),
  'BlackmanWindow',
  'HannWindow',
  'HammingWindow',
  'MelWeightMatrix',
  'DFT',
  'STFT',
  'StringNormalizer',
  'TfIdfVectorizer',
  'NonMaxSuppression',
  'Unique',
  'Scan',
  'SequenceConstruct',
  'ConcatFromSequence',
  'SplitToSequence',
  'SequenceLength',
  'SequenceAt',
]);

/** The recorded tensor says UINT16 where the operator gives BFLOAT16, which numpy does not have. */
const bfloat16 = /BFLOAT16/;

describe("the ONNX project's own models of single operators", () => {
  it('holds all of them', () => {
    expect(cases.length).toBeGreaterThan(900);
  });

  it.each(cases.map((one) => [one.name, one] as const))('%s', async (name, one) => {
    const result = infer(await readBytes(Buffer.from(one.model, 'base64')));
    const named = result.unresolved.map((entry) => entry.operator);
    for (const [output, truth] of Object.entries(one.outputs)) {
      const value = result.values.get(output);
      const known = value?.shape?.every((dimension) => typeof dimension === 'number') === true;
      if (!known) {
        // Whatever is not inferred is named, and is one of those that cannot be.
        expect(
          named.some((operator) => left.has(operator)),
          named.join(),
        ).toBe(true);
        continue;
      }
      expect(value?.shape).toEqual(truth.dims);
      if (bfloat16.test(name)) continue;
      expect(value?.elementType).toBe(truth.type);
      if (!value?.elements || !truth.values) continue;
      expect(value.elements.length).toBe(truth.values.length);
      value.elements.forEach((element, index) => {
        const recorded = truth.values![index];
        // Values are folded in double precision; the files hold at most single.
        if (element !== null && typeof recorded === 'number') {
          expect(Math.abs(Number(element) - recorded)).toBeLessThanOrEqual(1e-3 * Math.max(1, Math.abs(recorded)));
        }
      });
    }
  });
});
