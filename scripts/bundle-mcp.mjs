import { fileURLToPath } from 'node:url';

/**
 * Leaves out of the MCP server's package the validator of JSON Schemas that it brings, 150 kB: src/cli/assistants/mcp-server.ts
 * passes one of its own.
 *
 * @type {import('esbuild').Plugin}
 */
export const bundleMcp = {
  name: 'mcp',
  setup(build) {
    const path = fileURLToPath(new URL('mcp-shims.mjs', import.meta.url));
    build.onResolve({ filter: /^@modelcontextprotocol\/server\/_shims$/ }, () => ({ path }));
  },
};
