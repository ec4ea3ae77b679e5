import { html, nothing, type TemplateResult } from 'lit-html';
import {
  formatPredictionError,
  predictionError,
  predictionErrorSentence,
} from '../../src/core/present/prediction-error';
import {
  formatFps,
  formatLatency,
  formatShare,
  formatThroughput,
  formatTrialTime,
  throughputUnit,
} from '../../src/core/figures';
import { t, wholeNumber } from '../../src/core/language';
import type { Run, RunResult } from '../../src/protocol/benchmark-page';
import { figure, table } from '../controls/table';
import { chartFrame } from '../chart/chart-frame';
import { trialChart } from './histogram';
import { layersSection } from './layers';
import type { PageContext } from './runs';

/**
 * What one run measured: the result next to its prediction, the trials, the protocol and the board. `concerns` is what was
 * known before.
 */
export function resultSections(
  run: Run,
  result: RunResult,
  concerns: TemplateResult | typeof nothing,
  context: PageContext,
): TemplateResult {
  return html`${headline(run, result, context)} ${disturbances(result, context)} ${concerns}
    <div class="columns">
      <div class="column">${trials(run, result, context)} ${board(result)}</div>
      <div class="column">${statistics(run, result)} ${protocol(result)}</div>
    </div>
    ${layersSection(run, result, context)}`;
}

function headline(run: Run, result: RunResult, { post, selected }: PageContext): TemplateResult {
  const { throughputFps, meanMs } = result.statistics;
  const unit = throughputUnit(run.batch);
  return html`<section class="headline" aria-labelledby="measured">
    <div class="answer">
      <h2 id="measured">${t('Measured on {0}', result.deviceName)}</h2>
      <p class="fps"><span class="number">${formatFps(throughputFps)}</span> <span class="unit">${unit}</span></p>
      <p class="latency"><strong>${formatLatency(meanMs)}</strong> ${perInference(run)}, ${run.runtimeName}</p>
    </div>
    <div class="confidence">
      ${predicted(run, result)}
      <p class="muted method">${landmarkSentence(result)}</p>
      <p>
        <button class="link" @click=${() => post({ type: 'openModel', run: selected })}>
          ${t('Open {0}', run.model)}
        </button>
      </p>
    </div>
  </section>`;
}

function perInference({ batch, input }: Run): string {
  if (batch === 1) return input === null ? t('per frame') : t('per frame of {0} pixels', input);
  return input === null ? t('per batch of {0}', batch) : t('per batch of {0} with {1} pixels each', batch, input);
}

function predicted({ batch }: Run, { predicted: answer, deviceName, statistics }: RunResult): TemplateResult {
  if (!answer) {
    return html`<p class="interval">
      ${t('No prediction was available for {0} with this runtime before this run.', deviceName)}
    </p>`;
  }
  const error = predictionError(answer.throughputFps, statistics.throughputFps);
  const { interval } = answer;
  const inside =
    interval && statistics.throughputFps >= interval.lowFps && statistics.throughputFps <= interval.highFps;
  return html`<p class="wrap predicted">
      <span class="muted predicted-label">${t('Predicted')}</span>
      <strong>${formatThroughput(answer.throughputFps, batch)}</strong>
      <span class="chip is-${interval && !inside ? 'missed' : 'plain'}">
        ${t('Error {0}', formatPredictionError(error))}
      </span>
    </p>
    <p class="interval">
      ${predictionErrorSentence(error)}
      ${
        interval
          ? inside
            ? t('The measurement is inside the {0} interval, {1} to {2}.', ...intervalTexts(interval, batch))
            : t('The measurement is outside the {0} interval, {1} to {2}.', ...intervalTexts(interval, batch))
          : nothing
      }
      <span class="muted method">${t('Method: {0}.', answer.methodName)}</span>
    </p>`;
}

/** How likely it is, and both ends. */
function intervalTexts(
  { level, lowFps, highFps }: NonNullable<NonNullable<RunResult['predicted']>['interval']>,
  batch: number,
): readonly string[] {
  return [formatShare(level), formatFps(lowFps), formatThroughput(highFps, batch)];
}

function landmarkSentence({ landmark, notSaved }: RunResult): string {
  switch (landmark) {
    case 'in-fits':
      return t('Saved as a landmark (measured FPS); predictions use it from now on.');
    case 'kept-out':
      return t('Saved as a landmark (measured FPS), but predictions do not use it until you include it in fits.');
    case 'not-saved':
      return notSaved ?? t('Not saved as a landmark.');
  }
}

function disturbances(result: RunResult, { post, selected }: PageContext): TemplateResult | typeof nothing {
  if (result.disturbances.length === 0) return nothing;
  return html`<section class="disturbed" aria-labelledby="disturbed-title">
    <h2 id="disturbed-title">${t('The run was disturbed')}</h2>
    <ul class="cautions">
      ${result.disturbances.map((sentence) => html`<li>${sentence}</li>`)}
    </ul>
    ${
      result.landmark === 'kept-out'
        ? html`<p class="accept">
            <button class="secondary" @click=${() => post({ type: 'accept', run: selected })}>
              ${t('Include in fits')}
            </button>
          </p>`
        : result.landmark === 'in-fits'
          ? html`<p class="accept">${t('Included in fits.')}</p>`
          : nothing
    }
  </section>`;
}

function trials(run: Run, result: RunResult, { post }: PageContext): TemplateResult {
  return html`<section aria-labelledby="trials-title">
    <h2 id="trials-title">${t('Times of {0} trials', wholeNumber(result.statistics.trials))}</h2>
    <p class="subtitle">${t('Time from start to completion, per trial')}</p>
    ${chartFrame(trialChart(run, result), post)}
  </section>`;
}

function statistics({ batch }: Run, { statistics: found }: RunResult): TemplateResult {
  const rows: (readonly [string, string])[] = [
    ['FPS', formatThroughput(found.throughputFps, batch)],
    [t('Mean'), formatTrialTime(found.meanMs)],
    [t('Median'), formatTrialTime(found.medianMs)],
    [t('{0}% of trials within', 90), formatTrialTime(found.p90Ms)],
    [t('{0}% of trials within', 99), formatTrialTime(found.p99Ms)],
    [t('Minimum and maximum'), t('{0} and {1}', formatTrialTime(found.minMs), formatTrialTime(found.maxMs))],
    [t('Standard deviation'), formatTrialTime(found.standardDeviationMs)],
  ];
  return factsSection(
    'statistics',
    t('Statistics'),
    rows.map(([name, value]) => ({ name, value })),
  );
}

function protocol({ protocol: rows }: RunResult): TemplateResult {
  return factsSection('protocol', t('How it was measured'), rows);
}

function factsSection(
  id: string,
  title: string,
  rows: readonly { readonly name: string; readonly value: string }[],
): TemplateResult {
  return html`<section aria-labelledby=${id}>
    <h2 id=${id}>${title}</h2>
    <dl class="facts">
      ${rows.map(
        ({ name, value }) =>
          html`<div class="wrap fact">
            <dt>${name}</dt>
            <dd><span class="value">${value}</span></dd>
          </div>`,
      )}
    </dl>
  </section>`;
}

function board({ board: rows }: RunResult): TemplateResult {
  return html`<section class="board" aria-labelledby="board-title">
    <h2 id="board-title">${t('Board before and after')}</h2>
    ${
      rows.length === 0
        ? html`<p class="empty">${t('No clock or temperature data from this board.')}</p>`
        : table(
            [t('State'), figure(t('Before')), figure(t('After'))],
            rows.map(({ name, before, after }) => ({ cells: [name, before, after] })),
          )
    }
  </section>`;
}
