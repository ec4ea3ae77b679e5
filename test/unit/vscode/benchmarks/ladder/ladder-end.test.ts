import { describe, expect, it } from 'vitest';
import type { BenchmarkMessage, Run } from '../../../../../src/protocol/benchmark-page';
import { newBenchmark } from '../../../../../src/vscode/pages/benchmark/benchmark-view';
import { ladderEnd } from '../../../../../src/vscode/benchmarks/ladder/ladder-end';

const runtime = 'tensorrt-fp16' as const;
const result = (landmark: 'in-fits' | 'kept-out' | 'not-saved', notSaved: string | null = null) =>
  ({ state: 'finished', result: { landmark, notSaved } }) as unknown as Partial<Run>;
const failed = (message: string, code = 'build-failed'): Partial<Run> => ({
  state: code === 'cancelled' ? 'cancelled' : 'failed',
  failure: { code, message },
});

function viewOf(...runs: readonly Partial<Run>[]): BenchmarkMessage {
  const asked = runs.map((_, index) => ({
    modelPath: `/ladder/model-${index}.onnx`,
    modelName: `model-${index}`,
    runtime,
    trials: 5,
  }));
  const view = newBenchmark('id', { name: 'board', destination: 'board' }, asked, 0);
  return { ...view, runs: view.runs.map((run, index) => ({ ...run, ...runs[index] })) };
}

describe('the end of a ladder', () => {
  it('tells of the fits where everything is measured', () => {
    const end = ladderEnd(viewOf(result('in-fits'), result('in-fits')), ['Every model can now be predicted.']);
    expect(end).toEqual({ isWhole: true, text: '2 models are measured. Every model can now be predicted.' });
  });

  it('names what failed with each reason once, and what to do about the rest', () => {
    const end = ladderEnd(
      viewOf(result('in-fits'), ...new Array<Partial<Run>>(5).fill(failed('The disk is full.')), failed('Too old.')),
      ['3 models are needed.'],
    );
    expect(end.isWhole).toBe(false);
    expect(end.text).toBe(
      '1 of 7 models are measured. model-1, model-2, model-3 and 2 more: The disk is full. model-6: Too old. ' +
        'Run “Measure Landmark Ladder…” again to measure the rest. 3 models are needed.',
    );
  });

  it('gives no reason for what was cancelled, and leaves a third reason to the page', () => {
    expect(ladderEnd(viewOf(result('in-fits'), failed('It was cancelled.', 'cancelled')), []).text).toBe(
      '1 of 2 models are measured. Run “Measure Landmark Ladder…” again to measure the rest.',
    );
    expect(ladderEnd(viewOf(result('in-fits'), failed('A.'), failed('B.'), failed('C.')), []).text).toContain(
      'model-1: A. model-2: B. 1 more on the benchmark page.',
    );
  });

  it('says which figures are kept out of the fits, and which are not stored', () => {
    const disturbed = ladderEnd(viewOf(result('in-fits'), result('kept-out')), []);
    expect(disturbed.isWhole).toBe(false);
    expect(disturbed.text).toMatch(
      /^2 models are measured\. Disturbed, so not used for predictions until .*: model-1\.$/,
    );
    const unsaved = ladderEnd(viewOf(result('in-fits'), result('not-saved', 'The disk is full.')), []);
    expect(unsaved.text).toMatch(/^1 of 2 models are measured\. model-1: The disk is full\./);
  });
});
