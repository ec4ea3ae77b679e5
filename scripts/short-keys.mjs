import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { transform } from 'esbuild';
import { root } from './setup/paths.mjs';

/**
 * Copies the catalogues of `l10n/` with short keys, which make them a quarter smaller in a package and half as long in a
 * page: a page is sent the whole of one.
 *
 * @type {import('esbuild').Plugin}
 */
export const shortKeys = {
  name: 'short-keys',
  setup(build) {
    build.onLoad({ filter: /[\\/]bundle\.l10n\.[\w-]+\.json$/ }, async ({ path }) => {
      const messageKey = await keyFunction();
      /** @type {readonly (readonly [string, string])[]} */
      const messages = Object.entries(JSON.parse(await readFile(path, 'utf8')));
      // Texts that begin alike are packed better one after another.
      const sorted = [...messages].sort(([, one], [, other]) => (one < other ? -1 : 1));
      const short = Object.fromEntries(sorted.map(([message, text]) => [messageKey(message), text]));
      return { contents: JSON.stringify(short), loader: 'copy' };
    });
  },
};

/** @returns {Promise<(message: string) => string>} the function that the code looks sentences up with */
async function keyFunction() {
  const source = await readFile(join(root, 'src/core/message-key.ts'), 'utf8');
  const { code } = await transform(source, { loader: 'ts' });
  return (await import(`data:text/javascript,${encodeURIComponent(code)}`)).messageKey;
}
