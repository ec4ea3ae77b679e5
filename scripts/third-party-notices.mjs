import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { root } from './setup/paths.mjs';

/**
 * The licences of all packages whose code is in a build, as their terms ask for where their code is passed on.
 *
 * @param {Iterable<string>} inputs files that were bundled, relative to the repository
 * @returns {Promise<string>}
 * @throws {Error} for a package without a licence text
 */
export async function thirdPartyNotices(inputs) {
  const sections = await Promise.all(packagesOf(inputs).map(sectionOf));
  return ['Framecast includes code of these packages.', ...sections].join(`\n\n${'-'.repeat(79)}\n\n`) + '\n';
}

/**
 * @param {Iterable<string>} inputs
 * @returns {string[]} folders of packages, sorted
 */
export function packagesOf(inputs) {
  const folders = new Set();
  for (const input of inputs) {
    const folder = /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(input)?.[1];
    if (folder !== undefined) folders.add(folder);
  }
  return [...folders].sort();
}

/** @param {string} folder */
async function sectionOf(folder) {
  const { name, version, license, licenses } = JSON.parse(await readFile(join(root, folder, 'package.json'), 'utf8'));
  const file = (await readdir(join(root, folder))).find((each) => /^(licen[cs]e|copying)([.-]|$)/i.test(each));
  const kind =
    license?.type ?? license ?? licenses?.map((/** @type {{ type: string }} */ each) => each.type).join(', ');
  const text = file === undefined ? await fromReadme(folder) : await readFile(join(root, folder, file), 'utf8');
  if (text === null) throw new Error(`${name} has no licence text. Leave the package out, or add its text here.`);
  return `${name} ${version} (${kind ?? 'see below'})\n\n${text.trim()}`;
}

/** @param {string} folder */
async function fromReadme(folder) {
  const readme = (await readdir(join(root, folder))).find((each) => /^readme/i.test(each));
  const text = readme === undefined ? '' : await readFile(join(root, folder, readme), 'utf8');
  return /^#+ *licen[cs]e\b[^]*/im.exec(text)?.[0] ?? null;
}
