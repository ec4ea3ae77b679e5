import { readFile } from 'node:fs/promises';

/**
 * Lets esbuild bundle ssh2:
 *
 * - Its native parts are optional and not built here. They stay outside, fail to load where the bundle runs, and ssh2
 *   does without. An empty stand-in would count as present.
 * - The small program by which it speaks to older versions of Pageant is copied beside the bundle.
 *
 * @type {import('esbuild').Plugin}
 */
export const bundleSsh2 = {
  name: 'ssh2',
  setup(build) {
    build.initialOptions.loader = { ...build.initialOptions.loader, '.exe': 'file' };
    build.initialOptions.assetNames ??= '[name]';
    build.onResolve({ filter: /^cpu-features$|\.node$/ }, ({ path }) => ({ path, external: true }));
    build.onLoad({ filter: /[\\/]ssh2[\\/]lib[\\/]agent\.js$/ }, async ({ path }) => {
      const text = await readFile(path, 'utf8');
      const contents = text.replace(
        "resolve(__dirname, '..', 'util/pagent.exe')",
        "resolve(__dirname, require('../util/pagent.exe'))",
      );
      if (contents !== text) return { contents, loader: 'js' };
      return { errors: [{ text: 'ssh2 looks for pagent.exe in another way than this plugin knows.' }] };
    });
  },
};
