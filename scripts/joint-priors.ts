/**
 * npm run landmarks:priors: writes src/core/estimate/graph-cost/joint-priors.json, what the published landmarks of all
 * boards teach of each board's coefficients. To be run again after a change to the landmarks, the model or the spreads.
 */
import { writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { bundledLandmarks } from '../src/core/landmarks/campaigns';
import { jointPriors } from '../test/bench/estimators/joint/joint-priors';

const target = join(resolve(process.argv[1] ?? '', '../..'), 'src/core/estimate/graph-cost/joint-priors.json');
await writeFile(target, `${JSON.stringify(jointPriors(bundledLandmarks))}\n`);
