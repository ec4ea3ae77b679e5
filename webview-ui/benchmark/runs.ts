import { html, type TemplateResult } from 'lit-html';
import { formatPredictionError, predictionError } from '../../src/core/present/prediction-error';
import { formatThroughput } from '../../src/core/figures';
import { t, wholeNumber } from '../../src/core/language';
import type { BenchmarkPage, Run } from '../../src/protocol/benchmark-page';
import { figure, table } from '../controls/table';
import type { Post } from '../../src/protocol/page';

/** What the sections need besides the message. */
export interface PageContext {
  /** Sends a message to the extension. */
  readonly post: Post<BenchmarkPage>;
  /** The run whose result is shown. */
  readonly selected: number;
  readonly select: (run: number) => void;
}

/** Every model and runtime of the benchmark; a click shows its result. */
export function runsSection(runs: readonly Run[], { selected, select }: PageContext): TemplateResult {
  return html`<section class="runs" aria-labelledby="runs-title">
    <h2 id="runs-title">${t('Runs of the benchmark')}</h2>
    ${table(
      [t('Run'), figure(t('Measured')), figure(t('Predicted'), 'optional'), figure(t('Prediction error'))],
      runs.map((run, index) => ({
        cells: [
          html`<button class="link" aria-pressed=${String(index === selected)} @click=${() => select(index)}>
            ${run.model}, ${run.runtimeName}${run.batch === 1 ? '' : `, ${t('batch {0}', run.batch)}`}
          </button>`,
          ...figures(run),
        ],
        kind: index === selected ? 'own' : '',
      })),
    )}
  </section>`;
}

function figures(run: Run): readonly (string | TemplateResult)[] {
  const { result, batch } = run;
  if (!result) return [standing(run), '', ''];
  const { throughputFps } = result.statistics;
  const measured = formatThroughput(throughputFps, batch);
  const shown = result.landmark === 'kept-out' ? t('{0} (disturbed)', measured) : measured;
  if (!result.predicted) return [shown, t('no prediction'), errorCell('–')];
  const predicted = result.predicted.throughputFps;
  const error = formatPredictionError(predictionError(predicted, throughputFps));
  return [shown, formatThroughput(predicted, batch), errorCell(error)];
}

/** With its name where a narrow page shows no heads. */
function errorCell(error: string): TemplateResult {
  return html`<span class="narrow-only">${t('Prediction error')} </span>${error}`;
}

function standing({ state, trialsDone, trials }: Run): string {
  switch (state) {
    case 'waiting':
      return t('waiting');
    case 'building':
      return t('building the engine');
    case 'timing':
      return t('{0} of {1} trials', wholeNumber(trialsDone), wholeNumber(trials));
    case 'failed':
      return t('failed');
    case 'cancelled':
      return t('cancelled');
    case 'finished':
      return t('measured');
  }
}
