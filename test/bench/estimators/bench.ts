/**
 * npm run bench:estimators: compares estimators by cross-validation on the published landmarks, reports the chosen one
 * on published figures that nothing was fitted to, and fails where ESTIMATORS.md says otherwise.
 *
 * Option: --write puts the tables into ESTIMATORS.md.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { study } from './study';
import { withSections } from './tables';

const root = resolve(process.argv[1] ?? '', '../../../..');
const page = join(root, 'ESTIMATORS.md');
const sections = await study(pathToFileURL(join(root, 'test/fixtures/exported/')));
for (const [name, content] of Object.entries(sections)) console.log(`${name}\n\n${content}\n`);

const written = await readFile(page, 'utf8');
const current = withSections(written, sections);
if (process.argv.includes('--write')) await writeFile(page, current);
else if (current !== written) {
  console.error('ESTIMATORS.md has other figures. Run npm run bench:estimators -- --write and review the change.');
  process.exitCode = 1;
}
