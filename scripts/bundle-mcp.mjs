import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * Leaves out of the MCP server's package what src/cli/assistants/mcp-server.ts never calls, and a bundler cannot see:
 *
 * - the validator of JSON Schemas that it brings, 150 kB: another is passed;
 * - its McpServer and its transport over HTTP, which are only asked whether an object is one of them, its table of all
 *   schemas by name, and those of authorisation;
 * - of zod, the way to JSON Schemas: those of the tools are written already.
 *
 * @type {import('esbuild').Plugin}
 */
export const bundleMcp = {
  name: 'mcp',
  setup(build) {
    const shims = fileURLToPath(new URL('mcp-shims.mjs', import.meta.url));
    /** @type {Set<RegExp>} */
    const found = new Set();
    build.onResolve({ filter: /^@modelcontextprotocol\/server\/_shims$/ }, () => ({ path: shims }));
    build.onResolve({ filter: /^\.\/auth-[\w-]+\.mjs$/ }, ({ path, resolveDir }) => ({
      path: join(resolveDir, path),
      sideEffects: false,
    }));
    build.onLoad({ filter: /@modelcontextprotocol[\\/]server[\\/]dist[\\/][\w-]+\.mjs$/ }, async ({ path }) => {
      let contents = await readFile(path, 'utf8');
      for (const [pattern, replacement] of unusedOfServer) {
        if (pattern.test(contents)) found.add(pattern);
        contents = contents.replace(pattern, replacement);
      }
      return { contents };
    });
    build.onEnd(() => {
      const lost = unusedOfServer.filter(([pattern]) => found.size > 0 && !found.has(pattern));
      return {
        errors: lost.map(([pattern]) => ({ text: `The MCP server's package has changed: it has no ${pattern} now.` })),
      };
    });
    build.onLoad(
      { filter: /zod[\\/]v4[\\/]core[\\/](json-schema-processors|to-json-schema)\.js$/ },
      async ({ path }) => {
        const names = (await readFile(path, 'utf8')).matchAll(/^export (?:const|function) (\w+)/gm);
        return { contents: [...names].map(([, name]) => `export const ${name} = () => undefined;`).join('\n') };
      },
    );
    build.onLoad({ filter: /zod[\\/]v4[\\/]classic[\\/]schemas\.js$/ }, async ({ path }) => {
      const contents = await readFile(path, 'utf8');
      return { contents: contents.replace(/^ *inst\._zod\.processJSONSchema = .*\n/gm, '') };
    });
  },
};

/** @type {readonly (readonly [RegExp, string])[]} */
const unusedOfServer = [
  [/^var (McpServer|PerRequestHTTPServerTransport) = class \{[^]*?^\};/gm, 'var $1 = class {};'],
  [/^for \(const (key|\[key, schema\]) of .*\) register\(.*\);$/gm, ''],
];
