import { html, type TemplateResult } from 'lit-html';
import { formatPredictionError, predictionError } from '../../src/core/present/prediction-error';
import { formatThroughput } from '../../src/core/figures';
import { t, wholeNumber } from '../../src/core/language';
import type { BenchmarkPageMessage, Run } from '../../src/protocol/benchmark-page';
import type { CommonMessage } from '../../src/protocol/page';

/** What the sections need besides the message. */
export interface PageContext {
  /** Sends a message to the extension. */
  readonly post: (message: BenchmarkPageMessage | CommonMessage) => void;
  /** The run whose result is shown. */
  readonly selected: number;
  readonly select: (run: number) => void;
}

/** Every model and runtime of the benchmark; a click shows its result. */
export function runsSection(runs: readonly Run[], { selected, select }: PageContext): TemplateResult {
  return html`<section class="runs" aria-labelledby="runs-title">
    <h2 id="runs-title">${t('Runs of the benchmark')}</h2>
    <table role="table">
      <thead>
        <tr role="row">
          <th scope="col" role="columnheader">${t('Run')}</th>
          <th scope="col" role="columnheader" class="figure">${t('Measured')}</th>
          <th scope="col" role="columnheader" class="figure optional">${t('Predicted')}</th>
          <th scope="col" role="columnheader" class="figure">${t('Prediction error')}</th>
        </tr>
      </thead>
      <tbody>
        ${runs.map(
          (run, index) =>
            html`<tr role="row" class=${index === selected ? 'own' : ''}>
              <th scope="row" role="rowheader">
                <button class="link" aria-pressed=${String(index === selected)} @click=${() => select(index)}>
                  ${run.model}, ${run.runtimeName}${run.batch === 1 ? '' : `, ${t('batch {0}', run.batch)}`}
                </button>
              </th>
              ${figures(run)}
            </tr>`,
        )}
      </tbody>
    </table>
  </section>`;
}

function figures(run: Run): TemplateResult {
  const { result, batch } = run;
  if (!result) return html`<td role="cell" class="figure" colspan="3">${standing(run)}</td>`;
  const { statistics, predicted } = result;
  const measured = statistics.throughputFps;
  return html`<td role="cell" class="figure">
      ${result.landmark === 'kept-out' ? t('{0} (disturbed)', formatThroughput(measured, batch)) : formatThroughput(measured, batch)}
    </td>
    <td role="cell" class="figure optional">
      ${predicted ? formatThroughput(predicted.throughputFps, batch) : t('no prediction')}
    </td>
    <td role="cell" class="figure">
      ${
        predicted
          ? html`<span class="narrow-only">${t('Prediction error')} </span>${formatPredictionError(
                predictionError(predicted.throughputFps, measured),
              )}`
          : '–'
      }
    </td>`;
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
