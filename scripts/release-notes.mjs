/**
 * npm run release-notes [-- VERSION]: prints what CHANGELOG.md says of a version, by default of the one in package.json, or
 * of what is not released yet if it says nothing of that.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './setup/paths.mjs';

const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const [asked] = process.argv.slice(2);
const changelog = readFileSync(join(root, 'CHANGELOG.md'), 'utf8');
const sections = changelog.split(/^## /m).slice(1);
const sectionOf = (/** @type {string} */ name) => sections.find((section) => section.startsWith(`[${name}]`));
const section = asked === undefined ? (sectionOf(version) ?? sectionOf('Unreleased')) : sectionOf(asked);
if (section === undefined) {
  console.error(`CHANGELOG.md has no section [${asked ?? version}].`);
  process.exitCode = 1;
} else console.log(section.slice(section.indexOf('\n')).trim());
