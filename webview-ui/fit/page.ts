import { html, nothing, type TemplateResult } from 'lit-html';
import { t } from '../../src/core/language';
import type { FitMessage, FitPageMessage, FitPlaceChoice } from '../../src/protocol/fit-page';
import type { CommonMessage } from '../../src/protocol/page';
import { chartFrame } from '../chart/chart-frame';
import { fitChartSpec, placeOf, type FitChart, type Shown } from './chart';

export interface FitPageActions {
  post(message: FitPageMessage | CommonMessage): void;
  show(shown: Shown): void;
}

/** The page: place and family to choose, the chart, what grouping gains, and each family's equation. */
export function fitPage(message: FitMessage, shown: Shown, { post, show }: FitPageActions): TemplateResult {
  const { chart, place } = message;
  const choose = (change: Partial<FitPlaceChoice>): void => post({ type: 'choose', place: { ...place, ...change } });
  return html`<main class="fit-page">
    <header class="title">
      <div class="title-text">
        <h1>${t('Landmarks (measured FPS) and their fits')}</h1>
        <p class="subtitle">${chart === null ? nothing : subtitle(chart)}</p>
      </div>
      <div class="pickers">${placePicker(message, choose)}${familyPicker(message, choose)}</div>
    </header>
    ${
      chart === null
        ? html`<section>
            <p class="empty" role="status">
              ${t('Nothing has been measured here yet. Landmarks are measured FPS: measure a landmark ladder on the board, import landmarks, or add one by hand.')}
            </p>
          </section>`
        : html`<section aria-labelledby="chart-title">
              <div class="section-head">
                <h2 id="chart-title">${t('FPS over parameters')}</h2>
                ${shownSwitch(shown, show)}
              </div>
              ${chartFrame(fitChartSpec(chart, shown, place.family), post)}
            </section>
            <section aria-labelledby="worth-title">
              <h2 id="worth-title">${t('Accuracy of the fits')}</h2>
              ${message.grouping === null ? nothing : html`<p class="grouping">${message.grouping}</p>`}
              ${message.report.map((sentence) => html`<p>${sentence}</p>`)}
            </section>
            <section aria-labelledby="equations-title">${equations(chart, place.family)}</section>`
    }
  </main>`;
}

function subtitle(chart: FitChart): string {
  const place = placeOf(chart);
  if (chart.leftOut === 0) return place;
  return t('{0}; {1, plural, one {# landmark} other {# landmarks}} at other sizes not shown', place, chart.leftOut);
}

function placePicker({ place, places }: FitMessage, choose: (change: Partial<FitPlaceChoice>) => void): TemplateResult {
  const key = (each: { readonly device: string; readonly runtime: string }): string => `${each.device} ${each.runtime}`;
  return html`<label class="picker">
    <span>${t('Device and runtime')}</span>
    <select
      @change=${(event: Event) => {
        const picked = places.find((each) => key(each) === (event.target as HTMLSelectElement).value);
        if (picked) choose({ device: picked.device, runtime: picked.runtime, family: null });
      }}
    >
      ${
        places.some((each) => key(each) === key(place))
          ? nothing
          : html`<option value=${key(place)} selected>${place.device}, ${place.runtime}</option>`
      }
      ${places.map(
        (each) =>
          html`<option value=${key(each)} .selected=${key(each) === key(place)}>
            ${each.deviceName}, ${each.runtimeName}
          </option>`,
      )}
    </select>
  </label>`;
}

function familyPicker({ chart, place }: FitMessage, choose: (change: Partial<FitPlaceChoice>) => void): TemplateResult {
  const families = chart?.families.map(({ family }) => family) ?? [];
  return html`<label class="picker">
    <span>${t('Family')}</span>
    <select
      @change=${(event: Event) => {
        const { value } = event.target as HTMLSelectElement;
        choose({ family: value === '' ? null : value });
      }}
    >
      <option value="" .selected=${place.family === null}>${t('All')}</option>
      ${families.map((family) => html`<option value=${family} .selected=${family === place.family}>${family}</option>`)}
    </select>
  </label>`;
}

function shownSwitch(shown: Shown, show: (shown: Shown) => void): TemplateResult {
  const option = (value: Shown, label: string): TemplateResult =>
    html`<button aria-pressed=${shown === value} @click=${() => show(value)}>${label}</button>`;
  return html`<div class="switch" role="group" aria-label=${t('Fits shown')}>
    ${option('grouped', t('One fit per family'))} ${option('naive', t('One fit for all'))}
  </div>`;
}

function equations({ families, naive }: FitChart, chosen: string | null): TemplateResult {
  const shown = chosen === null ? families : families.filter(({ family }) => family === chosen);
  return html`<h2 id="equations-title">${t('Equation 2')}</h2>
    <p class="subtitle">${t('𝒯: FPS; 𝒫: millions of parameters.')}</p>
    <table class="equations" role="table">
      <thead>
        <tr role="row">
          <th scope="col" role="columnheader">${t('Family')}</th>
          <th scope="col" role="columnheader" class="figure">${t('Landmarks')}</th>
          <th scope="col" role="columnheader">${t('Fit of the landmarks')}</th>
        </tr>
      </thead>
      <tbody>
        ${shown.map(({ family, landmarks, equation, fittedCampaign, reason }) =>
          equationRow(
            family,
            landmarks.length,
            landmarks.filter(({ campaign }) => campaign === fittedCampaign).length,
            equation === null ? (reason ?? '') : html`${equation} <span class="subtitle">(${fittedCampaign})</span>`,
          ),
        )}
        ${naive === null || chosen !== null ? nothing : equationRow(t('All families'), naive.landmarks, naive.landmarks, naive.equation)}
      </tbody>
    </table>`;
}

/** @param fitted number of landmarks behind the fit, which is of one campaign; 0 without a fit */
function equationRow(family: string, landmarks: number, fitted: number, fit: TemplateResult | string): TemplateResult {
  const count = fitted === 0 || fitted === landmarks ? landmarks : t('{0} of {1}', fitted, landmarks);
  return html`<tr role="row">
    <th scope="row" role="rowheader">${family}</th>
    <td role="cell" class="figure">
      ${count}<span class="narrow-only"> ${t('{0, plural, one {landmark} other {landmarks}}', landmarks)}</span>
    </td>
    <td role="cell">${fit}</td>
  </tr>`;
}
