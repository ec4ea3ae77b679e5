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
          const lean = path.includes('chunk-') ? withPlainExports(withoutBanner(text)) : withoutBanner(text);
          const from = map === undefined ? lean : `${lean}\n${inlineMap(map)}`;
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

/**
 * Without the banner where nothing needs it: the same line in a hundred small files makes a package larger.
 *
 * @param {string} text of a bundle
 */
function withoutBanner(text) {
  return text.split('importMetaUrl').length > 2
    ? text
    : text.replace(/^('use strict';) const importMetaUrl\b.*$/m, '$1');
}

/**
 * Exports as getters of one object, as short as it gets; esbuild would add its helpers to every file. They may come last,
 * as chunks import each other in no circle: what one imports is needed by all that need it.
 *
 * @param {string} text of a chunk, whose exports esbuild lists at its end
 */
function withPlainExports(text) {
  const list = [...text.matchAll(/(?<![\w$.])export\s*\{([\w$\s,]*)\};?/g)].at(-1);
  if (list === undefined) return text;
  const getters = (list[1] ?? '').split(',').map((each) => {
    const [local, name = local] = each.trim().split(/\s+as\s+/);
    return `get ${name}(){return ${local}}`;
  });
  const exported = `module.exports={__esModule:true,${getters.join(',')}};`;
  return text.slice(0, list.index) + exported + text.slice(list.index + list[0].length);
}

/** @param {string} map a source map as JSON */
function inlineMap(map) {
  return `//# sourceMappingURL=data:application/json;base64,${Buffer.from(map).toString('base64')}`;
}
