/** npm run bench:package: the bytes of the package for VS Code, which `npm run package` makes, against what it unpacks to. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../../scripts/setup/paths.mjs';
import { runNode } from '../../scripts/setup/run.mjs';
import { figure } from './figure.mjs';

const mostBytes = 1_000_000;

const code = await runNode(['scripts/package.mjs']);
if (code !== 0) process.exit(code);
const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const archive = readFileSync(join(root, `framecast-${version}.vsix`));
figure({
  what: 'package for VS Code',
  value: archive.length,
  unit: 'bytes',
  peer: ['the files in it', unpackedBytes(archive)],
  bound: mostBytes,
});

/**
 * Sum of the sizes in a ZIP archive's directory.
 *
 * @param {Buffer} archive without a comment
 */
function unpackedBytes(archive) {
  const end = archive.length - 22;
  let at = archive.readUInt32LE(end + 16);
  let bytes = 0;
  for (let entry = archive.readUInt16LE(end + 10); entry > 0; entry--) {
    bytes += archive.readUInt32LE(at + 24);
    at += 46 + archive.readUInt16LE(at + 28) + archive.readUInt16LE(at + 30) + archive.readUInt16LE(at + 32);
  }
  return bytes;
}
