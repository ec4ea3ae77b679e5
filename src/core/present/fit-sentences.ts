import type { FitReport } from '../estimate/fit-report';
import { formatPercent } from '../figures';

/** The fits of one device and runtime in sentences. */
export function fitReportSentences(report: FitReport): readonly string[] {
  const { graphCost, place, families } = report;
  if (!graphCost.ok) return [graphCost.reason];
  const errors = [
    ...(graphCost.modelLeftOut === null ? [] : [`${formatPercent(graphCost.modelLeftOut)} for held-out models`]),
    ...(graphCost.familyLeftOut === null ? [] : [`${formatPercent(graphCost.familyLeftOut)} for held-out families`]),
  ];
  const fitted = families.filter(({ equation }) => equation !== null);
  return [
    `Every model can now be predicted for ${place}, from ${graphCost.landmarks} landmarks.`,
    ...(errors.length === 0 ? [] : [`Mean error: ${errors.join(', ')}.`]),
    ...(fitted.length === 0
      ? []
      : [`Equation 2 is fitted for ${fitted.map(({ family, landmarks }) => `${family} (${landmarks})`).join(', ')}.`]),
  ];
}
