import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { root } from './setup/paths.mjs';

/** Editions of packages as ES modules, from which esbuild can leave out what is not used. */
const moduleEditions = new Map([
  ['yaml', 'yaml/browser/index.js'],
  ['ml-matrix', 'ml-matrix/src/index.js'],
]);

/**
 * Leaves out of a bundle what Framecast never calls in its packages, which no bundler can see:
 *
 * - messages of onnx-proto: their ways to and from plain objects, their checks and their delimited form;
 * - ssh2: its server, its HTTP agents and its key generator;
 * - commander: the processes in which it could run commands of other programs;
 * - tweetnacl: all but the one hash that bcrypt-pbkdf asks it for, which Node.js has.
 *
 * @type {import('esbuild').Plugin}
 */
export const leanPackages = {
  name: 'lean-packages',
  setup(build) {
    build.onResolve({ filter: /^(yaml|ml-matrix)$/ }, ({ path }) => ({
      path: join(root, 'node_modules', moduleEditions.get(path) ?? path),
    }));
    build.onLoad({ filter: /[\\/]onnx-proto[\\/]dist[\\/]onnx\.js$/ }, async ({ path }) => ({
      contents: withoutObjectForms(await readFile(path, 'utf8')),
    }));
    build.onLoad({ filter: /[\\/]commander[\\/]lib[\\/]command\.js$/ }, async ({ path }) => ({
      contents: (await readFile(path, 'utf8')).replace("require('node:child_process')", '{}'),
    }));
    build.onLoad({ filter: /[\\/]ssh2[\\/]lib[\\/](server|http-agents|keygen)\.js$/ }, () => ({
      contents: 'module.exports = {};',
    }));
    build.onLoad({ filter: /[\\/]tweetnacl[\\/]nacl-fast\.js$/ }, () => ({ contents: hashOfNode }));
  },
};

/** What protobufjs generates for each message, from its assignment to the brace below it. */
const objectForms =
  /^( *)[\w.]+\.(verify|fromObject|toObject|toJSON|encodeDelimited|decodeDelimited|getTypeUrl) = function[^]*?^\1};\n/gm;

/** @param {string} source */
function withoutObjectForms(source) {
  return source.replace(objectForms, '');
}

/** `lowlevel.crypto_hash(out, message, length)` of tweetnacl: SHA-512. */
const hashOfNode = `
const { createHash } = require('node:crypto');
exports.lowlevel = {
  crypto_hash(out, message, length) {
    out.set(createHash('sha512').update(message.subarray(0, length)).digest());
    return 0;
  },
};
`;
