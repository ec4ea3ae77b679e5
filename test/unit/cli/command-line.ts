import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { bundleMcp } from '../../../scripts/bundle-mcp.mjs';
import { bundleSsh2 } from '../../../scripts/bundle-ssh2.mjs';
import { sharedChunks } from '../../../scripts/shared-chunks.mjs';

export const root = fileURLToPath(new URL('../../../', import.meta.url));
export const fixtures = path.join(root, 'test/fixtures/exported');

export interface Outcome {
  /** null where a signal ended it. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CommandLine {
  /** Runs `framecast ARGS` as a process of its own, as a shell would. */
  run(args: readonly string[], options?: { cwd?: string; env?: Record<string, string> }): Promise<Outcome>;
  /** The bundle that runs. */
  readonly bundle: string;
  remove(): Promise<void>;
}

/** Bundles the command line from its sources into a temporary folder, the way esbuild.mjs makes `dist/cli.js`. */
export async function buildCommandLine(): Promise<CommandLine> {
  const folder = await mkdtemp(path.join(tmpdir(), 'framecast-cli-'));
  const bundle = path.join(folder, 'cli.js');
  await build({
    absWorkingDir: root,
    entryPoints: {
      cli: 'src/cli.ts',
      'model-worker': 'src/files/reading/model-worker.ts',
      worker: 'node_modules/piscina/dist/worker.js',
    },
    outdir: folder,
    bundle: true,
    platform: 'node',
    target: 'node20',
    loader: { '.py': 'text' },
    external: ['@napi-rs/nice'],
    plugins: [bundleMcp, bundleSsh2, sharedChunks],
    define: { 'import.meta.url': 'importMetaUrl' },
    banner: { js: "const importMetaUrl = require('node:url').pathToFileURL(__filename).href;" },
    logLevel: 'warning',
  });
  return { bundle, run: (args, options) => run(bundle, args, options), remove: () => rm(folder, { recursive: true }) };
}

function run(
  bundle: string,
  args: readonly string[],
  options: { cwd?: string; env?: Record<string, string> } = {},
): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [bundle, ...args], {
      cwd: options.cwd ?? fixtures,
      env: { ...plainEnvironment(), ...options.env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const output = { stdout: '', stderr: '' };
    child.stdout.setEncoding('utf8').on('data', (text: string) => (output.stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (output.stderr += text));
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, ...output }));
  });
}

/** No landmarks but the bundled ones: those of whoever runs the tests must not change them. */
const noLandmarks = path.join(tmpdir(), `framecast-no-landmarks-${process.pid}`, 'landmarks.jsonl');

/** Ours without what vitest and CI say about colours, which vitest passes on to what it starts. */
function plainEnvironment(): NodeJS.ProcessEnv {
  const env: NodeJS.ProcessEnv = { ...process.env, FRAMECAST_LANDMARKS: noLandmarks };
  for (const name of ['FORCE_COLOR', 'NO_COLOR']) delete env[name];
  return env;
}
