import { mkdir, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { build } from 'esbuild';
import { inlineMap } from './shared-chunks.mjs';

/** What the pages import instead of chunks. */
const shared = './shared.js';

/**
 * Puts all chunks that esbuild has split from the pages into one file. VS Code serves each file of a webview through a
 * service worker and the workbench, so that 19 small ones took longer to arrive than the page to be drawn. What pages load
 * with `import()` stays apart.
 *
 * @type {import('esbuild').Plugin}
 */
export const oneSharedChunk = {
  name: 'one-shared-chunk',
  setup({ initialOptions, onEnd }) {
    initialOptions.write = false;
    const {
      minify,
      sourcemap,
      target,
      charset,
      legalComments,
      format,
      outdir = '',
      absWorkingDir = '',
    } = initialOptions;
    /** @type {import('esbuild').BuildOptions} */
    const common = { minify, sourcemap, target, charset, legalComments, format, outdir, absWorkingDir, bundle: true };
    onEnd(async ({ errors, outputFiles = [], metafile }) => {
      if (errors.length > 0 || metafile === undefined) return;
      const files = new Map(outputFiles.map((file) => [basename(file.path), file]));
      /** @param {string} name */
      const textOf = (name) => withInlineMap(files.get(name)?.text ?? '', files.get(`${name}.map`)?.text);
      const scripts = Object.keys(metafile.outputs).filter((path) => path.endsWith('.js'));
      const chunks = scripts.filter((path) => /^chunk-\w+\.js$/.test(basename(path)));
      const pages = scripts.filter((path) => !chunks.includes(path)).map((path) => basename(path));

      /** Names of exports of one chunk may be those of another. @type {Map<string, readonly [name: string, unique: string][]>} */
      const exported = new Map();
      for (const [index, path] of chunks.entries()) {
        const names = metafile.outputs[path]?.exports ?? [];
        exported.set(
          basename(path),
          names.map((name) => [name, `c${index}_${name}`]),
        );
      }
      const everything = [...exported].map(([name, names]) => {
        const renamed = names.map(([own, unique]) => `${own} as ${unique}`);
        return reexport(renamed, `./${name}`);
      });
      await build({
        ...common,
        entryPoints: { shared: 'everything' },
        plugins: [
          virtual((path) => (path === 'everything' ? everything.join('\n') : exported.has(path) ? textOf(path) : null)),
        ],
      });
      await build({
        ...common,
        entryPoints: Object.fromEntries(pages.map((name) => [name.replace(/\.js$/, ''), `page/${name}`])),
        plugins: [
          virtual((path) => {
            if (path.startsWith('page/')) return textOf(basename(path));
            const names = exported.get(path)?.map(([own, unique]) => `${unique} as ${own}`);
            return names === undefined ? null : reexport(names, shared);
          }),
        ],
      });
      for (const { path, contents } of outputFiles) {
        if (/\.js(\.map)?$/.test(path)) continue;
        await mkdir(dirname(path), { recursive: true });
        await writeFile(path, contents);
      }
      const folder = dirname(chunks[0] ?? '');
      for (const path of chunks) for (const each of [path, `${path}.map`]) delete metafile.outputs[each];
      for (const name of sourcemap ? [shared, `${shared}.map`] : [shared])
        metafile.outputs[join(folder, name)] = { bytes: 0, inputs: {}, imports: [], exports: [] };
    });
  },
};

/**
 * A chunk without names is imported for what it does.
 *
 * @param {readonly string[]} names
 * @param {string} from
 */
function reexport(names, from) {
  return names.length === 0 ? `import '${from}';` : `export { ${names.join(', ')} } from '${from}';`;
}

/**
 * Modules that are no files.
 *
 * @param {(path: string) => string | null} contentsOf null for what is to be imported when the page runs
 * @returns {import('esbuild').Plugin}
 */
function virtual(contentsOf) {
  return {
    name: 'virtual',
    setup({ onResolve, onLoad }) {
      onResolve({ filter: /.*/ }, ({ path, kind }) => {
        const name = kind === 'entry-point' ? path : basename(path);
        return contentsOf(name) === null ? { path, external: true } : { path: name, namespace: 'virtual' };
      });
      onLoad({ filter: /.*/, namespace: 'virtual' }, ({ path }) => ({ contents: contentsOf(path) ?? '' }));
    },
  };
}

/**
 * @param {string} code
 * @param {string | undefined} map
 */
function withInlineMap(code, map) {
  const bare = code.replace(/\/\/# sourceMappingURL=.*\n?$/, '');
  return map === undefined ? bare : `${bare}\n${inlineMap(map)}`;
}
