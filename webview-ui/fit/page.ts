import { html, nothing, type TemplateResult } from 'lit-html';
import { t } from '../../src/core/language';
import type { FitMessage, FitPage, FitDeployment } from '../../src/protocol/fit-page';
import type { Post } from '../../src/protocol/page';
import { chartFrame } from '../chart/chart-frame';
import { picker } from '../controls/deployment-pickers';
import { figure, table, type TableRow } from '../controls/table';
import { switchOf } from '../controls/switch';
import { fitChartSpec, deploymentAndSize, type FitChart, type Shown } from './chart';

export interface FitPageActions {
  readonly post: Post<FitPage>;
  show(shown: Shown): void;
}

/** The page: deployment and family to choose, the chart, what grouping gains, and each family's equation. */
export function fitPage(message: FitMessage, shown: Shown, { post, show }: FitPageActions): TemplateResult {
  const { chart, deployment } = message;
  const choose = (change: Partial<FitDeployment>): void =>
    post({ type: 'choose', deployment: { ...deployment, ...change } });
  return html`<main class="fit-page">
    <header class="title">
      <div class="title-text">
        <h1>${t('Landmarks (measured FPS) and their fits')}</h1>
        <p class="subtitle">${chart === null ? nothing : subtitle(chart)}</p>
      </div>
      <div class="pickers">${deploymentPicker(message, choose)}${familyPicker(message, choose)}</div>
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
              ${chartFrame(fitChartSpec(chart, shown, deployment.family), post)}
            </section>
            <section aria-labelledby="worth-title">
              <h2 id="worth-title">${t('Accuracy of the fits')}</h2>
              ${message.grouping === null ? nothing : html`<p class="strong grouping">${message.grouping}</p>`}
              ${message.report.map((sentence) => html`<p>${sentence}</p>`)}
            </section>
            <section aria-labelledby="equations-title">${equations(chart, deployment.family)}</section>`
    }
  </main>`;
}

function subtitle(chart: FitChart): string {
  const deployment = deploymentAndSize(chart);
  if (chart.leftOut === 0) return deployment;
  return t(
    '{0}; {1, plural, one {# landmark} other {# landmarks}} at other sizes not shown',
    deployment,
    chart.leftOut,
  );
}

type Choose = (change: Partial<FitDeployment>) => void;

function deploymentPicker({ deployment, deployments }: FitMessage, choose: Choose): TemplateResult {
  const optionOf = ({ device, runtime }: FitDeployment | FitMessage['deployments'][number], name: string) => {
    return { id: `${device} ${runtime}`, name, device, runtime };
  };
  const known = deployments.map((each) => optionOf(each, `${each.deviceName}, ${each.runtimeName}`));
  const own = optionOf(deployment, `${deployment.device}, ${deployment.runtime}`);
  const options = known.some(({ id }) => id === own.id) ? known : [own, ...known];
  return picker(t('Device and runtime'), options, own.id, (wanted) => {
    const { device, runtime } = options.find(({ id }) => id === wanted)!;
    choose({ device, runtime, family: null });
  });
}

function familyPicker({ chart, deployment }: FitMessage, choose: Choose): TemplateResult {
  const families = chart?.families.map(({ family }) => ({ id: family, name: family })) ?? [];
  const options = [{ id: '', name: t('All') }, ...families];
  return picker(t('Family'), options, deployment.family ?? '', (family) =>
    choose({ family: family === '' ? null : family }),
  );
}

function shownSwitch(shown: Shown, show: (shown: Shown) => void): TemplateResult {
  const options = [
    ['grouped', t('One fit per family')],
    ['naive', t('One fit for all')],
  ] as const;
  return switchOf(t('Fits shown'), options, shown, show);
}

function equations({ families, naive }: FitChart, chosen: string | null): TemplateResult {
  const shown = chosen === null ? families : families.filter(({ family }) => family === chosen);
  const rows = shown.map(({ family, landmarks, equation, fittedCampaign, reason }) =>
    equationRow(
      family,
      landmarks.length,
      landmarks.filter(({ campaign }) => campaign === fittedCampaign).length,
      equation === null ? (reason ?? '') : html`${equation} <span class="subtitle">(${fittedCampaign})</span>`,
    ),
  );
  if (naive !== null && chosen === null) {
    rows.push(equationRow(t('All families'), naive.landmarks, naive.landmarks, naive.equation));
  }
  return html`<h2 id="equations-title">${t('Equation 2')}</h2>
    <p class="subtitle">${t('𝒯: FPS; 𝒫: millions of parameters.')}</p>
    ${table([t('Family'), figure(t('Landmarks')), t('Fit of the landmarks')], rows, 'equations')}`;
}

/** @param fitted number of landmarks behind the fit, which is of one campaign; 0 without a fit */
function equationRow(family: string, landmarks: number, fitted: number, fit: TemplateResult | string): TableRow {
  const count = fitted === 0 || fitted === landmarks ? landmarks : t('{0} of {1}', fitted, landmarks);
  const unit = t('{0, plural, one {landmark} other {landmarks}}', landmarks);
  return { cells: [family, html`${count}<span class="narrow-only"> ${unit}</span>`, fit] };
}
