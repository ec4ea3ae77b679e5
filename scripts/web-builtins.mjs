import { createRequire } from 'node:module';

const { resolve } = createRequire(import.meta.url);

/**
 * What a browser has for a module of Node.js. Everything else stays out of reach: code that needs it is only run for
 * files on a disk (`isOnDisk`), and says which module is missing if it is called all the same.
 *
 * @type {Readonly<Record<string, string>>}
 */
const substitutes = {
  crypto: `
    import { sha256 } from '@noble/hashes/sha2.js';
    import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
    export function createHash(algorithm) {
      if (algorithm !== 'sha256') throw new Error(algorithm + ' is not available in a browser.');
      const hash = sha256.create();
      const self = {
        update: (data) => { hash.update(typeof data === 'string' ? utf8ToBytes(data) : data); return self; },
        digest: () => bytesToHex(hash.digest()),
      };
      return self;
    }`,
  // Signals of browsers have no limit of listeners.
  events: 'export const setMaxListeners = () => {};',
};

/**
 * Lets a bundle for browsers import what imports modules of Node.js: `node:path` is the POSIX one, `node:crypto` hashes,
 * and the others have functions that throw.
 *
 * @type {import('esbuild').Plugin}
 */
export const webBuiltins = {
  name: 'web-builtins',
  setup(build) {
    build.onResolve({ filter: /^node:/ }, ({ path }) => {
      const name = path.slice('node:'.length);
      if (name === 'path') return { path: resolve('path-browserify') };
      return { path: name, namespace: 'web-builtin' };
    });
    build.onLoad({ filter: /.*/, namespace: 'web-builtin' }, ({ path }) => ({
      resolveDir: import.meta.dirname ?? process.cwd(),
      contents:
        substitutes[path] ??
        // CommonJS, as its names need not be listed.
        `module.exports = new Proxy({}, { get: (_, name) => name === '__esModule' ? false : () => {
           throw new Error('node:${path} is not available in a browser.');
         } });`,
    }));
  },
};
