import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { packCommandLine } from '../../../scripts/pack.mjs';
import { ensureNodeRelease } from '../../../scripts/setup/node-release.mjs';
import { buildCommandLine, fixtures, type CommandLine } from './command-line';

const exec = promisify(execFile);

let cli: CommandLine;
let folder: string;
/** Where the package is installed, and nothing else is. */
let empty: string;

const model = path.join(fixtures, 'resnet18.folded.onnx');
const asked = ['predict', model, '--device', 'orin nano', '--json'];

beforeAll(async () => {
  cli = await buildCommandLine();
  folder = await mkdtemp(path.join(tmpdir(), 'framecast-packed-'));
  empty = path.join(folder, 'empty');
  await mkdir(empty);
  // Without one, npm takes the nearest folder above that has one.
  await writeFile(path.join(empty, 'package.json'), '{}');
  expect(await packCommandLine(path.dirname(cli.bundle), folder)).toBe(0);
}, 120_000);

afterAll(async () => {
  await cli.remove();
  await rm(folder, { recursive: true });
});

describe('the package for npm', () => {
  it('installs into an empty folder without a network and answers by npx', async () => {
    const [tarball] = (await readdir(folder)).filter((name) => name.endsWith('.tgz'));
    expect((await stat(path.join(folder, tarball!))).size).toBeLessThan(3_000_000);
    // A home of its own has no cache to take packages from.
    const alone = { cwd: empty, env: { ...process.env, HOME: folder, npm_config_offline: 'true' } };
    await exec('npm', ['install', '--no-audit', '--no-fund', path.join(folder, tarball!)], alone);
    expect(await readdir(path.join(empty, 'node_modules'))).toEqual(['.bin', '.package-lock.json', 'framecast']);
    const { stdout } = await exec('npx', ['--no-install', 'framecast', ...asked], alone);
    expect(JSON.parse(stdout)).toEqual(JSON.parse((await cli.run(asked)).stdout));
  });

  for (const release of ['20.0.0', 'latest']) {
    it(`runs on Node.js ${release}, an end of what is promised`, async ({ skip }) => {
      const node = await ensureNodeRelease(release);
      if (node === null) return skip(`Node.js ${release} cannot be installed for this machine from npm.`);
      const program = path.join(empty, 'node_modules/framecast/dist/cli.js');
      const [{ stdout: version }, ours] = [await exec(node, ['--version']), await cli.run(asked)];
      expect(Number(/^v(\d+)/.exec(version)?.[1])).toSatisfy((major: number) =>
        release === 'latest' ? major > 24 : major === 20,
      );
      const predicted = JSON.parse((await exec(node, [program, ...asked])).stdout) as [{ estimate: object }];
      expect(predicted[0].estimate).toEqual((JSON.parse(ours.stdout) as typeof predicted)[0].estimate);
      const { stdout: doctor } = await exec(node, [program, 'doctor', '--json'], { env: { HOME: folder } });
      expect(doctor).toContain(version.trim().slice(1));
      // So many are read in threads.
      const many = await exec(node, [program, 'compare', path.join(fixtures, 'resnet*.onnx'), '--csv']);
      expect(many.stdout.trim().split('\n').length).toBeGreaterThan(12);
    }, 240_000);
  }
});
