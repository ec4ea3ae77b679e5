import { execFile } from 'node:child_process';
import { chmod, copyFile, cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { knownDevices } from '../../../src/core/landmarks/devices';
import { buildCommandLine, fixtures, root, type CommandLine } from './command-line';

const exec = promisify(execFile);

let cli: CommandLine;
let folder: string;

beforeAll(async () => {
  cli = await buildCommandLine();
  folder = await mkdtemp(path.join(tmpdir(), 'framecast-program-'));
});

afterAll(async () => {
  await cli.remove();
  await rm(folder, { recursive: true });
});

describe('framecast predict', () => {
  it('prints what to change where a target is missed, and the one way to export where a model does not run', async () => {
    const missed = await cli.run(['predict', 'resnet50.folded.onnx', '--target-fps', '60']);
    expect(missed.stdout).toMatch(
      /What to change\n {2}- At \d+×\d+: [\d.]+ FPS.*\n {2}- ResNet-18: [\d.]+ FPS \(weights/,
    );
    const stopped = await cli.run(['predict', 'mobilenet_v3_small.folded.onnx']);
    expect(stopped.stdout).toMatch(
      /What to change\n {2}- Re-export it: torch\.onnx\.export\(.*zeros\(1, 3, 224, 224\)/,
    );
    expect(stopped.stdout.match(/opset_version=13/g)).toHaveLength(1);
  });

  it('does without own landmarks where their store cannot be read and nobody named it', async () => {
    const store = path.join(folder, 'landmarks.jsonl');
    await writeFile(store, Buffer.from('\ufeff{}', 'utf16le'));
    const env = { FRAMECAST_LANDMARKS: store };
    const { code, stdout, stderr } = await cli.run(['predict', '--json', 'resnet18.folded.onnx'], { env });
    expect(code).toBe(0);
    expect((JSON.parse(stdout) as { estimate: unknown }[])[0]!.estimate).not.toBeNull();
    expect(stderr).toContain(`${store} is encoded in UTF-16. Save it as UTF-8. Predictions are made without your own`);
    expect(await cli.run(['landmarks', 'list'], { env })).toMatchObject({ code: 2 });
    await rm(store);
  });

  it.runIf(process.platform === 'linux')(
    'names a file whose name is not UTF-8, and answers for the others',
    async () => {
      const here = path.join(folder, 'names');
      await mkdir(here);
      await copyFile(path.join(fixtures, 'resnet18.folded.onnx'), path.join(here, 'resnet18.onnx'));
      await writeFile(Buffer.concat([Buffer.from(`${here}/m`), Buffer.from([0xff]), Buffer.from('.onnx')]), '');
      const { code, stdout, stderr } = await cli.run(['predict', here]);
      await rm(here, { recursive: true });
      expect(code).toBe(2);
      expect(`${stdout}${stderr}`).toContain('is not UTF-8. Rename the file.');
      expect(stdout).toContain('resnet18.onnx');
    },
  );
});

describe('framecast boards', () => {
  it('puts the boards that reach the target first, by their class and the smallest mode first, with reasons once', async () => {
    const asked = ['boards', 'resnet18.folded.onnx', '--target-fps', '300'];
    const { code, stdout } = await cli.run([...asked, '--json']);
    const { boards } = JSON.parse(stdout) as {
      boards: {
        device: string;
        powerMode: string;
        isEnough: boolean;
        peakGflops: number;
        estimate: { throughputFps: number };
      }[];
    };
    expect(code).toBe(0);
    const enough = boards.filter(({ isEnough }) => isEnough);
    expect(boards.slice(0, enough.length)).toEqual(enough);
    for (const { estimate } of enough) expect(estimate.throughputFps).toBeGreaterThanOrEqual(300);
    const rare = new Set(knownDevices.flatMap(({ id, isCommon }) => (isCommon === false ? [id] : [])));
    const firstRare = enough.findIndex(({ device }) => rare.has(device));
    for (const group of [enough.slice(0, firstRare), enough.slice(firstRare)]) {
      expect(group.length).toBeGreaterThan(0);
      expect(group.every(({ device }) => rare.has(device) === rare.has(group[0]!.device))).toBe(true);
      const peaks = group.map(({ peakGflops }) => peakGflops);
      expect(peaks).toEqual([...peaks].sort((one, other) => one - other));
    }
    expect(boards.some(({ device, powerMode }) => device === 'jetson-orin-nano' && powerMode === '7W')).toBe(true);

    const narrow = await cli.run(asked, { env: { COLUMNS: '80' } });
    for (const line of narrow.stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
    expect(narrow.stdout).toMatch(/Interval +Verdict/);
    expect(narrow.stdout).toMatch(/boards reach 300 FPS; the smallest is .*\sPrices\s+are\s+not\s+known/);
    const none = await cli.run(['boards', 'resnet18.folded.onnx', '--target-fps', '100000', '--runtime', 'int8']);
    expect(none.code).toBe(1);
    expect(none.stdout).toContain('No board reaches 100000 FPS.');
    expect(none.stdout.match(/has no INT8 arithmetic/g)).toHaveLength(1);
  });
});

describe('a board of the user', () => {
  it('is one on every command, while what is wrong with another is said', async () => {
    const file = path.join(folder, 'boards.json');
    const store = path.join(folder, 'own-board.jsonl');
    const board = {
      name: 'Quay Cam',
      peakTflops: { fp16: 20, fp32: 5, int8: 40 },
      memoryBandwidthGBps: 100,
      memoryGiB: 8,
      powerModes: [
        { name: 'high', gpuMHz: 1000 },
        { name: 'low', gpuMHz: 500 },
      ],
    };
    // As editors of Windows begin a file.
    await writeFile(file, '\ufeff' + JSON.stringify([board, { ...board, name: 'Bad', memoryGiB: -8 }]));
    const run = (...args: string[]) => cli.run([...args, '--boards', file], { env: { FRAMECAST_LANDMARKS: store } });
    const here = ['--device', 'quay cam', '--power-mode', 'LOW'];
    const predicted = await run('predict', 'resnet18.folded.onnx', ...here, '--json');
    expect(predicted.code).toBe(0);
    expect(predicted.stderr).toContain(`${file}[1]: "memoryGiB" must be a number above 0`);
    expect(JSON.parse(predicted.stdout)).toMatchObject([
      { estimate: { device: 'quay-cam', powerMode: 'low', basis: expect.stringContaining('that you gave') as string } },
    ]);
    const boards = JSON.parse((await run('boards', 'resnet18.folded.onnx', '--json')).stdout) as {
      boards: { device: string; powerMode: string }[];
    };
    expect(boards.boards.flatMap(({ device, powerMode }) => (device === 'quay-cam' ? [powerMode] : [])).sort()).toEqual(
      ['high', 'low'],
    );
    const fp16 = ['--runtime', 'fp16', ...here];
    const impossible = await run('landmarks', 'add', 'resnet18.folded.onnx', '--throughput', '50000', ...fp16);
    expect(impossible.code).toBe(2);
    expect(impossible.stderr).toMatch(/of Quay Cam allow at 500 MHz \(low\)/);
    expect((await run('landmarks', 'add', 'resnet18.folded.onnx', '--throughput', '300', ...fp16)).code).toBe(0);
    expect((await run('landmarks', 'list', '--device', 'quay cam')).stdout).toMatch(/^Quay Cam.*\n.*Mode.*\n.* low /);
    expect((await run('fas')).code).toBe(0);
    const endless = await cli.run(['boards', 'resnet18.folded.onnx', '--boards', '/dev/zero']);
    expect(endless.stderr).toMatch(
      process.platform === 'win32' ? /There is no file/ : /is too large for a list of boards/,
    );
    const none = await run('predict', 'resnet18.folded.onnx', '--device', 'bad');
    expect(none.code).toBe(2);
    expect(none.stderr).toContain('Device bad is not known.');
  });
});

describe('framecast diff', () => {
  const pair = ['resnet18.folded.onnx', 'resnet18.unfolded.onnx'];

  it('finds what another export of one network differs by', async () => {
    const { code, stdout } = await cli.run(['diff', ...pair, '--json']);
    expect(code).toBe(0);
    const diff = JSON.parse(stdout) as {
      before: { parameters: number; estimate: { throughputFps: number } };
      after: { parameters: number; estimate: { throughputFps: number } };
      operators: { operator: string; before: number; after: number }[];
      kernels: object[];
    };
    // Normalisation that was folded in one is fused in the other: the same kernels.
    expect(diff.operators).toEqual([{ operator: 'BatchNormalization', before: 0, after: 20 }]);
    expect(diff.kernels).toEqual([]);
    expect(diff.after.parameters).toBe(diff.before.parameters);
    expect(diff.after.estimate.throughputFps).toBeCloseTo(diff.before.estimate.throughputFps, 6);
    expect((await cli.run(['diff', ...pair])).stdout).toContain('As fast: ');
  });

  it('says what was gained and lost in time and kernels, and judges the second model', async () => {
    const other = ['diff', 'resnet50.folded.onnx', 'resnet18.folded.onnx', '--target-fps'];
    const { code, stdout } = await cli.run([...other, '60'], { env: { COLUMNS: '80' } });
    expect(code).toBe(0);
    expect(stdout).toMatch(/^Verdict +missed +met$/m);
    expect(stdout).toMatch(/^1×1 convolutions .*ms \(×36\) .* −1\d\.\d ms$/m);
    for (const line of stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
    expect((await cli.run([...other, '200', '--markdown'])).code).toBe(1);
    expect((await cli.run(['diff', 'resnet18.folded.onnx', 'none.onnx'])).code).toBe(2);
  });
});

describe('framecast report', () => {
  it('writes one HTML file that needs nothing else, and the same as Markdown', async () => {
    const hostile = path.join(folder, '<img src=x onerror=1>.onnx');
    await copyFile(path.join(fixtures, 'mobilenet_v3_small.folded.onnx'), hostile);
    const file = path.join(folder, 'report.html');
    const asked = ['report', 'resnet50.folded.onnx', hostile, '--target-fps', '30'];
    const written = await cli.run([...asked, '-o', file]);
    expect(written.code).toBe(1);
    expect((await cli.run([...asked, '-o', file])).stderr).toContain('--force replaces it');
    const html = await readFile(file, 'utf8');
    expect(html).toContain("default-src 'none'");
    expect(html).not.toMatch(/<img|<script|<[^>]+ (?:src|href)=/);
    expect(html).not.toMatch(/NaN|undefined|Infinity/);
    expect(html.match(/<svg /g)!.length).toBe(5);
    expect(html).toMatch(/Measured: 32\.0 FPS \(paper\)/);
    expect(html).toMatch(/class="verdict does-not-run">Does not run as exported/);
    expect(html).toMatch(/Framecast \d+\.\d+\.\d+<\/li>/);
    const markdown = (await cli.run([...asked, '--format', 'markdown'])).stdout;
    for (const text of [/3\d\.\d FPS on Jetson Nano, TensorRT FP16/, /Measured: 32\.0 FPS \(paper\)/]) {
      expect(markdown).toMatch(text);
    }
    expect(markdown).not.toMatch(/(?<!\\)<img/);
  });
});

describe('framecast completion', () => {
  it('prints a script that completes commands, options and boards in bash', async () => {
    const { stdout } = await cli.run(['completion', 'bash']);
    const script = path.join(folder, 'completion.bash');
    await writeFile(script, stdout);
    const complete = async (...words: string[]): Promise<string[]> => {
      const test = `source "${script}"; COMP_WORDS=(framecast "$@"); COMP_CWORD=$#; _framecast; printf '%s\\n' "\${COMPREPLY[@]}"`;
      return (await exec('bash', ['-c', test, 'bash', ...words], { cwd: folder })).stdout.trim().split('\n');
    };
    expect(await complete('pre')).toEqual(['predict']);
    expect(await complete('predict', '--tar')).toEqual(['--target-fps']);
    expect(await complete('predict', '--device', 'jetson-orin-nano')).toEqual([
      'jetson-orin-nano-4gb',
      'jetson-orin-nano',
    ]);
    expect(await complete('compare', '--format', 'sar')).toEqual(['sarif']);
    expect(await complete('landmarks', 'imp')).toEqual(['import']);
    await writeFile(path.join(folder, 'net.onnx'), '');
    expect(await complete('predict', 'net')).toEqual(['net.onnx']);
  });

  it('knows three shells', async () => {
    const [zsh, fish, other] = await Promise.all(
      ['zsh', 'fish', 'tcsh'].map((shell) => cli.run(['completion', shell])),
    );
    expect(zsh!.stdout).toMatch(/^#compdef framecast/);
    expect(fish!.stdout).toContain("complete -c framecast -n '__fish_seen_subcommand_from predict' -l target-fps -r");
    expect(other!.code).toBe(2);
  });
});

describe('framecast doctor', () => {
  it('says versions and the state of the files, without telling who it is', async () => {
    const home = path.join(folder, 'home-of-somebody');
    const data = path.join(home, '.local', 'share', 'framecast');
    await mkdir(data, { recursive: true });
    const env = { HOME: home, USERPROFILE: home, XDG_DATA_HOME: '', FRAMECAST_LANDMARKS: path.join(data, 'own.jsonl') };
    const sound = await cli.run(['doctor'], { env });
    expect(sound).toMatchObject({ code: 0, stderr: '' });
    expect(sound.stdout).toMatch(/^Framecast +\d+\.\d+\.\d+\nNode\.js +\d+\./);
    await writeFile(path.join(data, 'own.jsonl'), 'no JSON\n');
    const { code, stdout } = await cli.run(['doctor', '--json'], { env });
    expect(code).toBe(1);
    const { findings } = JSON.parse(stdout) as { findings: { name: string; value: string; problem: string | null }[] };
    expect(findings.find(({ name }) => name === 'Landmarks')).toMatchObject({
      value: expect.stringMatching(/^~.*own\.jsonl: 0 records/) as string,
      problem: '1 line of it cannot be understood and is left out.',
    });
    expect(sound.stdout + stdout).not.toContain('home-of-somebody');
  });
});

describe('the GitHub Action', () => {
  it('writes the table, annotations and the exit status, and takes no value for a part of its script', async () => {
    const action = parse(await readFile(path.join(root, 'action.yml'), 'utf8')) as {
      inputs: Record<string, { default: string }>;
      runs: { steps: { id?: string; name?: string; run?: string; env?: Record<string, string> }[] };
    };
    for (const { run } of action.runs.steps) expect(run ?? '').not.toContain('${{');
    const step = action.runs.steps.find(({ id }) => id === 'predict')!;
    expect(
      Object.keys(step.env!)
        .map((name) => name.toLowerCase().replaceAll('_', '-'))
        .sort(),
    ).toEqual(
      Object.keys(action.inputs)
        .filter((name) => !['comment', 'token'].includes(name))
        .sort(),
    );
    const here = path.join(folder, 'action');
    await cp(path.dirname(cli.bundle), path.join(here, 'dist'), { recursive: true });
    const output = path.join(here, 'output');
    const { stdout } = await exec('bash', ['-e', '-c', step.run!], {
      cwd: fixtures,
      env: {
        ...process.env,
        GITHUB_ACTION_PATH: here,
        RUNNER_TEMP: here,
        GITHUB_OUTPUT: output,
        GITHUB_STEP_SUMMARY: path.join(here, 'summary'),
        MODELS: 'resnet18.folded.onnx\n$(touch gone).onnx\n',
        DEVICE: 'nano',
        RUNTIME: 'fp16',
        TARGET_FPS: '60',
        LANDMARKS: '',
        ALLOW_UNSUPPORTED: 'false',
      },
    });
    expect(await readFile(output, 'utf8')).toMatch(/^report=.*framecast\.md\nstatus=2\n$/);
    expect(await readFile(path.join(here, 'summary'), 'utf8')).toMatch(
      /^<!-- framecast -->\nJetson Nano[^]*\| resnet18/,
    );
    expect(stdout).toMatch(/^::notice file=resnet18\.folded\.onnx,title=framecast compare/m);
    expect(stdout).toMatch(/^::error file=\$\(touch gone\)\.onnx/m);
  });
});

describe('what cannot be done', () => {
  it.skipIf(process.platform === 'win32')('is a sentence and exit status 2, never 1', async () => {
    const full = await exec('sh', ['-c', `"$0" "$1" --help > /dev/full; echo $?`, process.execPath, cli.bundle]);
    expect(full.stdout.trim()).toBe('2');
    expect(full.stderr).toBe('framecast: The output cannot be written: the disk is full.\n');
    const script = `ulimit -f 0; "$0" "$1" --help > "$2"; echo $?`;
    const limited = await exec('sh', ['-c', script, process.execPath, cli.bundle, path.join(folder, 'help.txt')]);
    expect(limited.stdout.trim()).toBe('2');
    expect(limited.stderr).toContain('a limit of your session');
  });

  it.skipIf(process.platform === 'win32' || process.getuid?.() === 0)(
    'names a folder that cannot be read',
    async () => {
      const closed = path.join(folder, 'closed');
      await mkdir(closed);
      await chmod(closed, 0o000);
      const { code, stderr } = await cli.run(['predict', folder]);
      await chmod(closed, 0o700);
      expect(code).toBe(2);
      expect(stderr).toContain(`The folder ${closed} cannot be listed`);
    },
  );
});
