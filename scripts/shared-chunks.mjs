import { createHash } from 'node:crypto';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
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
    build.onEnd(async ({ errors, outputFiles = [], metafile }) => {
      if (errors.length > 0) return;
      const maps = new Map(
        outputFiles.filter(({ path }) => path.endsWith('.map')).map((file) => [file.path, file.text]),
      );
      /** @type {Map<string, string>} */
      const codes = new Map();
      await Promise.all(
        outputFiles.map(async ({ path, contents, text }) => {
          await mkdir(dirname(path), { recursive: true });
          if (path.endsWith('.map')) return;
          if (!path.endsWith('.js')) return await writeFile(path, contents);
          const map = maps.get(`${path}.map`);
          const lean = isChunk(path) ? withPlainExports(withoutBanner(text)) : withoutBanner(text);
          const from = map === undefined ? lean : `${lean}\n${inlineMap(map)}`;
          const { code, map: newMap } = await transform(from, {
            format: 'cjs',
            platform: 'node',
            target: build.initialOptions.target,
            // Node.js takes longer to import a file than to require it.
            supported: { 'dynamic-import': false },
            minify: build.initialOptions.minify === true,
            charset: 'utf8',
            sourcemap: hasMaps ? 'external' : false,
            sourcefile: path,
            legalComments: 'none',
          });
          codes.set(path, hasMaps ? `${code}//# sourceMappingURL=${basename(path)}.map\n` : code);
          if (hasMaps) await writeFile(`${path}.map`, newMap);
        }),
      );
      // What has a map stays a file of its own.
      const written = hasMaps ? codes : withSmallTogether(codes);
      for (const [path, code] of written) {
        await writeFile(path, code);
        if (codes.has(path)) continue;
        const name = join(build.initialOptions.outdir ?? '', basename(path));
        if (metafile !== undefined)
          metafile.outputs[name] = { bytes: code.length, inputs: {}, imports: [], exports: [] };
      }
      // An earlier build may have left them.
      for (const path of codes.keys()) if (!written.has(path)) await rm(path, { force: true });
    });
  },
};

/** @param {string} path of a bundle */
function isChunk(path) {
  return basename(path).startsWith('chunk-');
}

/** Chunks of fewer bytes are in one file: to find and open a file takes longer than to read so much. */
const smallBytes = 8000;

/**
 * Bundles by their paths, with the small chunks as functions in one, each called when it is first asked for.
 *
 * @param {ReadonlyMap<string, string>} codes by the paths of bundles, all in one folder
 * @returns {ReadonlyMap<string, string>}
 */
function withSmallTogether(codes) {
  const small = [...codes].filter(([path, code]) => isChunk(path) && code.length < smallBytes);
  const numbers = new Map(small.map(([path], index) => [basename(path), index]));
  // By their names, which change with what is in them, as that of the file does.
  const hash = createHash('sha256')
    .update([...numbers.keys()].join(' '))
    .digest('hex')
    .slice(0, 8)
    .toUpperCase();
  const together = `small-chunks-${hash}.js`;
  /** @param {string} code */
  const linked = (code) =>
    code.replace(/\brequire\("\.\/(chunk-\w+\.js)"\)/g, (whole, name) =>
      numbers.has(name) ? `require("./${together}")(${numbers.get(name)})` : whole,
    );
  const functions = small.map(([, code]) => `(module,exports)=>{${linked(code)}}`);
  const all = `"use strict";const all=[${functions.join(',\n')}],made=[];module.exports=number=>{let module=made[number];if(!module){module=made[number]={exports:{}};all[number](module,module.exports)}return module.exports};`;
  const large = [...codes].filter(([path]) => !numbers.has(basename(path)));
  const written = new Map(large.map(([path, code]) => [path, linked(code)]));
  return written.set(join(dirname(large[0]?.[0] ?? ''), together), all);
}

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
export function inlineMap(map) {
  return `//# sourceMappingURL=data:application/json;base64,${Buffer.from(map).toString('base64')}`;
}
