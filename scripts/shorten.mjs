import { readFile, writeFile } from 'node:fs/promises';
import { minify } from 'terser';

/**
 * Makes one script of a build shorter than esbuild does, which looks at each statement alone. Runs in threads of its own
 * (esbuild.mjs), as it takes a minute for all.
 *
 * @param {{ path: string, module: boolean }} script a file, which is replaced
 */
export default async function shorten({ path, module }) {
  const { code = '' } = await minify(await readFile(path, 'utf8'), {
    module,
    toplevel: true,
    ecma: 2020,
    compress: { passes: 2 },
  });
  await writeFile(path, code);
}
