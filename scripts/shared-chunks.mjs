import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { transform } from 'esbuild';

/**
 * Lets several CommonJS bundles share their code, and load parts of it only when `import()` asks for them. esbuild splits
 * ES modules alone: this plugin takes the chunks that it has split and writes each as CommonJS, where an import of a chunk
 * is a `require` and `import()` a `require` in a promise.
 *
 * @type {import('esbuild').Plugin}
 */
export const sharedChunks = {
  name: 'shared-chunks',
  setup(build) {
    Object.assign(build.initialOptions, { format: 'esm', splitting: true, write: false });
    const hasMaps = build.initialOptions.sourcemap !== undefined && build.initialOptions.sourcemap !== false;
    build.onEnd(async ({ errors, outputFiles = [] }) => {
      if (errors.length > 0) return;
      const maps = new Map(
        outputFiles.filter(({ path }) => path.endsWith('.map')).map((file) => [file.path, file.text]),
      );
      await Promise.all(
        outputFiles.map(async ({ path, contents, text }) => {
          await mkdir(dirname(path), { recursive: true });
          if (path.endsWith('.map')) return;
          if (!path.endsWith('.js')) return await writeFile(path, contents);
          const map = maps.get(`${path}.map`);
          const from = map === undefined ? text : `${text}\n${inlineMap(map)}`;
          const { code, map: newMap } = await transform(from, {
            format: 'cjs',
            platform: 'node',
            target: build.initialOptions.target,
            minify: build.initialOptions.minify === true,
            charset: 'utf8',
            sourcemap: hasMaps ? 'external' : false,
            sourcefile: path,
            legalComments: 'none',
          });
          if (!hasMaps) return await writeFile(path, code);
          const name = path.slice(path.lastIndexOf('/') + 1);
          await writeFile(path, `${code}//# sourceMappingURL=${name}.map\n`);
          await writeFile(`${path}.map`, newMap);
        }),
      );
    });
  },
};

/** @param {string} map a source map as JSON */
function inlineMap(map) {
  return `//# sourceMappingURL=data:application/json;base64,${Buffer.from(map).toString('base64')}`;
}
