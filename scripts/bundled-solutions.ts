/**
 * npm run landmarks:solutions: what the fits over the graph to the published landmarks find, for each device and runtime
 * that has some, into bundled-solutions.json, so that a first prediction need not search. A test holds them equal to
 * what searching finds.
 */
import { writeFile } from 'node:fs/promises';
import { createEstimators } from '../src/core/estimate/estimators';
import { solutionName, writeSolution } from '../src/core/estimate/graph-cost/bundled-solutions';
import { costedDeployment } from '../src/core/estimate/graph-cost/costed-deployment';
import { fitPrepared } from '../src/core/estimate/graph-cost/prepared-fit';
import { bundledLandmarks } from '../src/core/landmarks/campaigns';

const places = new Map(
  bundledLandmarks.map(({ device, runtime }) => [solutionName({ device, runtime }), { device, runtime }]),
);
const estimators = createEstimators(bundledLandmarks);
const lines = [...places].flatMap(([name, key]) => {
  const outcome = estimators.graphCostFit(key);
  if (!outcome.ok) throw new Error(outcome.error);
  const { prior, reference } = outcome.value;
  const { landmarks } = costedDeployment(bundledLandmarks, key);
  if (landmarks.length === 0) return [];
  const solution = fitPrepared(prior, landmarks, key, reference).solution();
  return `${JSON.stringify(name)}: ${JSON.stringify(writeSolution(solution))}`;
});
await writeFile('src/core/estimate/graph-cost/bundled-solutions.json', `{\n${lines.join(',\n')}\n}\n`);
