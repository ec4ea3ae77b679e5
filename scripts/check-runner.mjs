import { readdir } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { build as bundle } from 'esbuild';

/**
 * Joins the runner's Python modules once while building, so that a module that is missing, or stands after one that
 * imports it, fails here and not where the bundle is loaded.
 *
 * @type {import('esbuild').Plugin}
 */
export const checkRunner = {
  name: 'runner',
  setup(build) {
    build.onLoad({ filter: /[\\/]jetson[\\/]runner[\\/]runner-script\.ts$/ }, async ({ path }) => {
      const folder = dirname(path);
      const files = (await readdir(folder)).filter((file) => file.endsWith('.py'));
      const problem = await problemOf(path, files);
      const watchFiles = files.map((file) => `${folder}/${file}`);
      return problem === null ? { watchFiles } : { errors: [{ text: problem }], watchFiles };
    });
  },
};

/**
 * @param {string} path of runner-script.ts
 * @param {readonly string[]} files the Python files beside it
 * @returns {Promise<string | null>} a sentence; null where all is well, or where the bundler itself will say what is not
 */
async function problemOf(path, files) {
  const { outputFiles } = await bundle({
    entryPoints: [path],
    bundle: true,
    write: false,
    platform: 'node',
    format: 'esm',
    loader: { '.py': 'text' },
    logLevel: 'silent',
  }).catch(() => ({ outputFiles: [] }));
  const [file] = outputFiles;
  if (!file) return null;
  const place = `The list of modules in ${basename(path)}`;
  try {
    const { runnerModules } = await import(
      `data:text/javascript;base64,${Buffer.from(file.contents).toString('base64')}`
    );
    const listed = new Set(runnerModules.map((/** @type {{ name: string }} */ { name }) => `${name}.py`));
    const missing = files.filter((each) => !listed.has(each));
    return missing.length === 0 ? null : `${place} lacks ${missing.join(', ')}. Add it there, or delete the file.`;
  } catch (error) {
    return `${place} is wrong: ${/** @type {Error} */ (error).message} Put every module before those that import it.`;
  }
}
