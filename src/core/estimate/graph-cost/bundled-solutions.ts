import { bundledLandmarks } from '../../landmarks/campaigns';
import { findMode } from '../../landmarks/devices';
import type { Landmark } from '../../landmarks/landmark';
import shipped from './bundled-solutions.json';
import type { CostedDeployment } from './costed-deployment';
import type { GraphCostKey } from './fit-types';
import { familyGrid, noiseGrid, type KnownPoint, type KnownSolution, type Variances } from './latency-fit';

/** As shipped: variances by their places in {@link noiseGrid} and {@link familyGrid}. */
interface ShippedSolution {
  readonly point: readonly number[];
  readonly variances: readonly number[];
  /** Of each fold its two variances, then how far its point is from the whole fit's, in thousandths. */
  readonly folds: readonly (readonly number[])[];
  readonly familyFolds: readonly (readonly number[])[];
}

const solutions = new Map<string, ShippedSolution>(Object.entries(shipped));

/**
 * The solution of the fit to the published landmarks of a device and runtime in its fastest mode, which `npm run
 * landmarks:solutions` finds; null if a place has others.
 */
export function bundledSolution(key: GraphCostKey, { from, count }: CostedDeployment): KnownSolution | null {
  const isFastest = findMode(key.device, key.powerMode) === findMode(key.device);
  const known = isFastest ? solutions.get(solutionName(key)) : undefined;
  if (known === undefined) return null;
  const published = bundledLandmarks.filter((landmark) => isAt(landmark, key));
  if (published.length !== count) return null;
  const here = from.filter((landmark) => isAt(landmark, key));
  if (here.some((landmark, index) => landmark !== published[index])) return null;
  const point = Float64Array.from(known.point);
  const readFold = ([noise, family, ...away]: readonly number[]): KnownPoint => ({
    point: point.map((value, index) => value + away[index]! / 1000),
    variances: readVariances([noise!, family!]),
  });
  const [folds, familyFolds] = [known.folds.map(readFold), known.familyFolds.map(readFold)];
  return { point, variances: readVariances(known.variances), folds, familyFolds };
}

export function solutionName({ device, runtime }: GraphCostKey): string {
  return `${device} ${runtime}`;
}

/** A solution as it is shipped. */
export function writeSolution({ point, variances, folds, familyFolds }: KnownSolution): ShippedSolution {
  const write = ({ noise, family }: Variances) => [noiseGrid.indexOf(noise), familyGrid.indexOf(family)];
  const writeFold = (fold: KnownPoint) => [
    ...write(fold.variances),
    ...fold.point.map((value, index) => Math.round(1000 * (value - point[index]!))),
  ];
  return {
    point: [...point].map((value) => Number(value.toFixed(6))),
    variances: write(variances),
    folds: folds.map(writeFold),
    familyFolds: familyFolds.map(writeFold),
  };
}

function readVariances([noise, family]: readonly number[]): Variances {
  return { noise: noiseGrid[noise!]!, family: familyGrid[family!]! };
}

function isAt({ device, runtime }: Landmark, key: GraphCostKey): boolean {
  return device === key.device && runtime === key.runtime;
}
