/**
 * npm run landmarks:costs: writes src/core/landmarks/model-costs.json, the kernels of the published landmarks' models,
 * from test/fixtures/exported. To be run again after a change to shape inference, fusion or cost.
 */
import { writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import * as prettier from 'prettier';
import { landmarkCosts } from '../test/bench/estimators/landmark-costs';

const root = resolve(process.argv[1] ?? '', '../..');
const target = join(root, 'src/core/landmarks/model-costs.json');
const costs = await landmarkCosts(pathToFileURL(join(root, 'test/fixtures/exported/')));
const options = await prettier.resolveConfig(target);
await writeFile(target, await prettier.format(JSON.stringify(costs), { ...options, filepath: target }));
