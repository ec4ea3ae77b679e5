/**
 * Lets esbuild bundle ssh2: its native parts are optional and not built here. They stay outside, fail to load where the
 * bundle runs, and ssh2 does without. An empty stand-in would count as present.
 *
 * @type {import('esbuild').Plugin}
 */
export const bundleSsh2 = {
  name: 'ssh2',
  setup(build) {
    build.onResolve({ filter: /^cpu-features$|\.node$/ }, ({ path }) => ({ path, external: true }));
  },
};
