import { html, nothing, type TemplateResult } from 'lit-html';
import { parseAccuracy } from '../../src/core/present/accuracy';
import { formatCount } from '../../src/core/figures';
import { t } from '../../src/core/language';
import type { AccuracyMessage, AccuracyPage, KeptModels } from '../../src/protocol/accuracy-page';
import { chartFrame } from '../chart/chart-frame';
import { chartTable } from '../chart/chart-table';
import { legendList } from '../chart/legend';
import type { Post } from '../../src/protocol/page';
import { switchOf } from '../controls/switch';
import { deploymentPickers } from '../controls/deployment-pickers';
import { accuracyChartSpec, knownFps, legend, table, type AccuracyFigures } from './chart';

/** All that the page shows. */
export interface AccuracyView extends Pick<AccuracyPage['state'], 'weights' | 'models'> {
  readonly message: AccuracyMessage;
  showWeights(weights: AccuracyPage['state']['weights']): void;
  changeModels(models: KeptModels): void;
  readonly post: Post<AccuracyPage>;
}

/** The whole page. */
export function accuracyPage(view: AccuracyView): TemplateResult {
  const { message, weights, models, post } = view;
  const device = message.devices.find(({ id }) => id === message.choice.device);
  const runtime = device?.runtimes.find(({ id }) => id === message.choice.runtime);
  const figures: AccuracyFigures = {
    message,
    weights,
    deployment: `${device?.name ?? message.choice.device}, ${runtime?.name ?? message.choice.runtime}`,
    own: message.own.map((model) => ({
      ...model,
      top1Percent: parseAccuracy(models.find(({ file }) => file === model.file)?.typed ?? ''),
    })),
  };
  const weightsNames = [
    ['best', t('Best weights')],
    ['first', t('First weights')],
  ] as const;
  const missing = message.backbones.filter(({ throughput }) => throughput === null).map(({ label }) => label);
  return html`<main class="accuracy">
    <header class="title">
      <div class="title-text">
        <h1>${t('Accuracy against FPS and size')}</h1>
        <p class="subtitle">
          ${t('Standard backbones on ImageNet, as in Figure 6 of the paper, with your models added.')}
        </p>
      </div>
      <div class="pickers">
        ${deploymentPickers(message.devices, message.choice, (choice) => post({ type: 'choose', choice }))}
      </div>
    </header>
    <section aria-labelledby="charts-title">
      <div class="section-head">
        <h2 id="charts-title">${t('ImageNet top-1 accuracy')}</h2>
        ${switchOf(t('Weights'), weightsNames, weights, (each) => view.showWeights(each))}
      </div>
      <div class="chart-pair">
        ${(['throughput', 'parameters'] as const).map(
          (axis) =>
            html`<div>
              <p class="muted chart-title">
                ${axis === 'throughput' ? t('Against FPS on {0}', figures.deployment) : t('Against parameters')}
              </p>
              ${chartFrame(accuracyChartSpec(figures, axis), post)}
            </div>`,
        )}
      </div>
      ${legendList(legend(figures))}
      ${
        missing.length === 0
          ? nothing
          : html`<p class="advice">
              ${t('Not in the first chart, as their FPS are unknown: {0}.', missing.join(', '))}
            </p>`
      }
      ${message.sentences.map((sentence) => html`<p class="advice">${sentence}</p>`)}
      <details class="figures">
        <summary>${t('Show as a table')}</summary>
        ${chartTable(table(figures))}
      </details>
      <p class="advice">${t('Source of the accuracies: {0}', message.source)}</p>
    </section>
    ${ownSection(view)}
  </main>`;
}

function ownSection(view: AccuracyView): TemplateResult {
  const { message, post } = view;
  return html`<section class="own-models" aria-labelledby="own-title">
    <div class="section-head">
      <h2 id="own-title">${t('Your models')}</h2>
      <button class="secondary" @click=${() => post({ type: 'pick' })}>${t('Add Models…')}</button>
    </div>
    ${
      message.own.length === 0
        ? html`<p class="empty">
            ${t('A model that you add is a vertical line at its FPS and its parameters; enter its ImageNet accuracy, and it becomes a point.')}
          </p>`
        : html`<ul class="own-list">
            ${message.own.map((model) => ownRow(model, view))}
          </ul>`
    }
  </section>`;
}

function ownRow({ file, name, throughput, parameters, reason }: AccuracyMessage['own'][number], view: AccuracyView) {
  const { models, changeModels } = view;
  const typed = models.find((model) => model.file === file)?.typed ?? '';
  const isWrong = typed.trim() !== '' && parseAccuracy(typed) === null;
  const change = (event: Event): void => {
    const text = (event.target as HTMLInputElement).value;
    changeModels(models.map((model) => (model.file === file ? { ...model, typed: text } : model)));
  };
  const facts = [
    ...(throughput === null ? [] : [knownFps(throughput)]),
    ...(parameters === null ? [] : [t('{0} parameters', formatCount(parameters))]),
    ...(reason === null ? [] : [reason]),
  ];
  return html`<li>
    <div class="own-name">
      <span class="strong name" title=${file}>${name}</span>
      <span class="muted facts-line">${facts.join(' · ')}</span>
    </div>
    <label class="muted own-accuracy">
      <span>${t('Top-1 (%)')}</span>
      <input
        inputmode="decimal"
        autocomplete="off"
        maxlength="12"
        placeholder=${t('unknown')}
        aria-label=${t('Top-1 accuracy of {0} in percent', name)}
        aria-invalid=${isWrong ? 'true' : 'false'}
        .value=${typed}
        @input=${change}
      />
    </label>
    <button
      class="link"
      aria-label=${t('Remove {0} from the page', name)}
      @click=${() => changeModels(models.filter((model) => model.file !== file))}
    >
      ${t('Remove')}
    </button>
    ${isWrong ? html`<p class="problem" role="alert">${t('Enter a percentage from 1 to 100, such as 71.9.')}</p>` : nothing}
  </li>`;
}
