import { html, type TemplateResult } from 'lit-html';
import { formatPredictionError, predictionError } from '../../src/core/present/prediction-error';
import { formatThroughput } from '../../src/core/figures';
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
    <h2 id="runs-title">Runs</h2>
    <table role="table">
      <thead>
        <tr role="row">
          <th scope="col" role="columnheader">Run</th>
          <th scope="col" role="columnheader" class="figure">Measured</th>
          <th scope="col" role="columnheader" class="figure optional">Predicted</th>
          <th scope="col" role="columnheader" class="figure">Error</th>
        </tr>
      </thead>
      <tbody>
        ${runs.map(
          (run, index) =>
            html`<tr role="row" class=${index === selected ? 'own' : ''}>
              <th scope="row" role="rowheader">
                <button class="link" aria-pressed=${String(index === selected)} @click=${() => select(index)}>
                  ${run.model}, ${run.runtimeName}${run.batch === 1 ? '' : `, batch ${run.batch}`}
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
      ${formatThroughput(measured, batch)}${result.landmark === 'kept-out' ? ' (disturbed)' : ''}
    </td>
    <td role="cell" class="figure optional">
      ${predicted ? formatThroughput(predicted.throughputFps, batch) : 'none'}
    </td>
    <td role="cell" class="figure">
      ${
        predicted
          ? html`<span class="narrow-only">error </span>${formatPredictionError(
                predictionError(predicted.throughputFps, measured),
              )}`
          : '–'
      }
    </td>`;
}

function standing({ state, trialsDone, trials }: Run): string {
  switch (state) {
    case 'waiting':
      return 'waiting';
    case 'building':
      return 'building the engine';
    case 'timing':
      return `${trialsDone} of ${trials} trials`;
    case 'failed':
      return 'failed';
    case 'cancelled':
      return 'cancelled';
    case 'finished':
      return 'measured';
  }
}
