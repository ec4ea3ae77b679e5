import { readFile } from 'node:fs/promises';

/**
 * Bundles data as text that is parsed as JSON, which an engine does about twice as fast as it compiles the same as code.
 *
 * @type {import('esbuild').Plugin}
 */
export const parsedJson = {
  name: 'parsed-json',
  setup(build) {
    build.onLoad({ filter: /[\\/]src[\\/]core[\\/].*\.json$/ }, async ({ path }) => {
      const text = JSON.stringify(JSON.parse(await readFile(path, 'utf8')));
      return { contents: `export default JSON.parse(${JSON.stringify(text)});`, loader: 'js' };
    });
  },
};
