import type { FitReport } from '../estimate/fit-report';
import { formatPercent } from '../figures';
import { t } from '../language';
import { compact } from '../compact';

/** The fits of one device and runtime in sentences. */
export function fitReportSentences(report: FitReport): readonly string[] {
  const { graphCost, deployment, families } = report;
  if (!graphCost.ok) return [graphCost.reason];
  const errors = compact([
    graphCost.modelLeftOut !== null && t('{0} for held-out models', formatPercent(graphCost.modelLeftOut)),
    graphCost.familyLeftOut !== null && t('{0} for held-out families', formatPercent(graphCost.familyLeftOut)),
  ]);
  const fitted = families.filter(({ equation }) => equation !== null);
  return compact([
    t('Every model can now be predicted for {0}, from {1} landmarks.', deployment, graphCost.landmarks),
    errors.length !== 0 && t('Mean error: {0}.', errors.join(', ')),
    fitted.length !== 0 &&
      t('Equation 2 is fitted for {0}.', fitted.map(({ family, landmarks }) => `${family} (${landmarks})`).join(', ')),
  ]);
}
