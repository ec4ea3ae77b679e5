import { square } from '../operating-point';
import type { GraphCostAnswer } from './graph-cost-estimate';
import type { GraphCostFit } from './graph-cost-fit';
import { termMeanings } from './latency-model';

/** A term must make up this share of a latency before it counts that no landmark uses as much of it. */
const notableShare = 0.1;

/** Sentences on where an answer lies outside what was measured; none where it lies inside. */
export function reachesBeyond(
  fit: GraphCostFit,
  family: string | null,
  { point, kernels, belief }: Pick<GraphCostAnswer, 'point' | 'kernels' | 'belief'>,
): readonly string[] {
  const landmarks = fit.landmarks.map(({ landmark }) => landmark);
  const beyond: string[] = [];
  const resolutions = landmarks.map(({ resolution }) => resolution);
  if (isOutside(point.resolution, resolutions)) {
    beyond.push(`Extrapolated: landmarks are at ${range(resolutions, square)}; this is ${square(point.resolution)}.`);
  }
  const batches = landmarks.map(({ batch }) => batch);
  if (isOutside(point.batch, batches)) {
    beyond.push(`Extrapolated: landmarks are at batch ${range(batches, String)}; this is batch ${point.batch}.`);
  }
  if (family === null || !fit.fit.families.has(family)) {
    beyond.push('Extrapolated: no network of this family is among the landmarks.');
  }

  const { coefficients } = fit.fit;
  const { latencyMs, shares } = fit.model.latencyOf(kernels)(coefficients);
  const measured = fit.landmarks.map((landmark) => fit.model.latencyOf(landmark.kernels)(coefficients).shares);
  fit.model.terms.forEach((term, index) => {
    const most = Math.max(...measured.map((landmark) => landmark[index]!));
    if (shares[index]! < notableShare * latencyMs || shares[index]! <= most) return;
    const { meaning } = termMeanings[term];
    beyond.push(
      most === 0
        ? `Extrapolated: no landmark shows the cost of ${meaning}; it is taken from the board's specification.`
        : `Extrapolated: ${(shares[index]! / most).toFixed(1)} times as much as any landmark has of: ${meaning}.`,
    );
  });

  const latencies = landmarks.map(({ batch, throughputFps }) => (1000 * batch) / throughputFps);
  const latency = Math.exp(belief.mean);
  if (latency < Math.min(...latencies)) beyond.push('Extrapolated: faster than every landmark.');
  return beyond;
}

function isOutside(value: number, values: readonly number[]): boolean {
  return value < Math.min(...values) || value > Math.max(...values);
}

function range(values: readonly number[], write: (value: number) => string): string {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  return low === high ? write(low) : `${write(low)} to ${write(high)}`;
}
