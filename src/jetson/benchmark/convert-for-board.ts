import path from 'node:path';
import { rewritesFor } from '../../core/estimate/rewrites-for';
import { success, type Result } from '../../core/result';
import { importFacts } from '../../core/profile/import-facts';
import { writeRewrittenModel } from '../../files/write-rewritten-model';
import type { BoardReport } from '../probe/board-report';
import { contentOf } from '../upload/model-content';
import { refusedRun, type FailedRun } from './benchmark-outcome';
import { modelPrecision } from './model-precision';
import type { Conversion, PreparedRun } from './prepare-runs';

/** The runs of a benchmark with what their models must become for the board; runs that cannot be rewritten apart. */
export interface Converted {
  readonly runs: readonly PreparedRun[];
  readonly refused: readonly FailedRun[];
}

/** Decides by the board's TensorRT how each run's model must be rewritten; nothing is read or written. */
export function conversionsFor({ software }: BoardReport, prepared: readonly PreparedRun[]): Converted {
  const runs: PreparedRun[] = [];
  const refused: FailedRun[] = [];
  for (const run of prepared) {
    const rewritten =
      software.tensorrt === null ? null : rewritesFor(run.model, { tensorrt: software.tensorrt, runtime: run.runtime });
    if (rewritten === null || (rewritten.ok && rewritten.value.rewrites.length === 0)) runs.push(run);
    else if (!rewritten.ok) refused.push(refusedRun(run, rewritten.error));
    else {
      const { model } = rewritten.value;
      const conversion = { rewritten: rewritten.value, facts: importFacts(model) };
      runs.push({ ...run, conversion, precision: modelPrecision(model) });
    }
  }
  return { runs, refused };
}

/** What is done to a run's model before it is sent, a phrase each; in English, as records have it. */
export function rewritesOf({ conversion }: Pick<PreparedRun, 'conversion'>): readonly string[] {
  return conversion?.rewritten.rewrites.map(({ text }) => text) ?? [];
}

/** The same in the user's language. */
export function shownRewritesOf({ conversion }: Pick<PreparedRun, 'conversion'>): readonly string[] {
  return conversion?.rewritten.rewrites.map(({ shown }) => shown) ?? [];
}

/**
 * Writes the rewritten models into a folder, each once, and puts their content in place of the originals'. Runs whose
 * model cannot be written are refused. Failure codes: those of `writeRewrittenModel` and `contentOf`.
 */
export async function writeConversions(
  prepared: readonly PreparedRun[],
  folder: string,
  signal: AbortSignal,
): Promise<Converted> {
  const written = new Map<string, Result<Sent>>();
  const runs: PreparedRun[] = [];
  const refused: FailedRun[] = [];
  for (const run of prepared) {
    const { conversion } = run;
    if (conversion === null) {
      runs.push(run);
      continue;
    }
    const key = [run.modelPath, ...rewritesOf(run)].join('\n');
    const file = path.join(folder, `${written.size}.onnx`);
    const sent = written.get(key) ?? (await writeConversion(run.modelPath, conversion, file, signal));
    written.set(key, sent);
    if (sent.ok) runs.push({ ...run, ...sent.value });
    else refused.push(refusedRun(run, sent.error));
  }
  return { runs, refused };
}

type Sent = Pick<PreparedRun, 'content' | 'conversion'>;

async function writeConversion(
  modelPath: string,
  conversion: Conversion,
  file: string,
  signal: AbortSignal,
): Promise<Result<Sent>> {
  const written = await writeRewrittenModel(conversion.rewritten, { modelPath, file, overwrite: true, signal });
  if (!written.ok) return written;
  const content = await contentOf(file, [], { signal });
  if (!content.ok) return content;
  const rewritten = { ...conversion.rewritten, rewrites: written.value.rewrites };
  return success({ content: content.value, conversion: { ...conversion, rewritten } });
}
