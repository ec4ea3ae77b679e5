import { build } from 'esbuild';

/**
 * Bundles a program of this repository for Node.js into one file, as threads load one.
 *
 * @param entry relative to the repository's root
 */
export async function bundleForNode(entry: string, outfile: string): Promise<void> {
  await build({
    entryPoints: [entry],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    logLevel: 'warning',
  });
}
