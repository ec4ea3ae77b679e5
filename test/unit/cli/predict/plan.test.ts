import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildCommandLine, fixtures, type CommandLine } from '../command-line';

interface Candidate {
  label: string;
  settings: Record<string, unknown>;
  resolution: number;
  parameters: number;
  meetsTarget: boolean;
  estimate: { throughputFps: number; interval: { lowFps: number } | null };
}

interface PlanAnswer {
  outcome: string;
  answer: Candidate | null;
  lowEndMeets: boolean | null;
  sure: Candidate | null;
  next: Candidate | null;
  closest: Candidate | null;
  candidates: Candidate[];
  unanswered: { reason: string; labels: string[] }[];
}

let cli: CommandLine;
let folder: string;

beforeAll(async () => {
  cli = await buildCommandLine();
  folder = await mkdtemp(path.join(tmpdir(), 'framecast-plan-'));
});

afterAll(async () => {
  await cli.remove();
  await rm(folder, { recursive: true });
});

const plan = (...args: string[]) => cli.run(['plan', ...args]);

async function planJson(...args: string[]) {
  const outcome = await plan('--json', ...args);
  return { ...outcome, plan: JSON.parse(outcome.stdout) as PlanAnswer };
}

describe('framecast plan', () => {
  it('finds the largest width that meets a target, as predict says of the very model', async () => {
    const { code, plan: found, stderr } = await planJson('--family', 'mobilenetv2', '--target-fps', '90');
    expect(code).toBe(0);
    expect(stderr).toBe('');
    expect(found.outcome).toBe('some');
    const { answer, next, sure } = found;
    expect(answer!.estimate.throughputFps).toBeGreaterThanOrEqual(90);
    expect(next!.estimate.throughputFps).toBeLessThan(90);
    expect(next!.parameters).toBeGreaterThan(answer!.parameters);
    expect(sure!.estimate.interval!.lowFps).toBeGreaterThanOrEqual(90);
    expect(found.lowEndMeets).toBe(answer!.estimate.interval!.lowFps >= 90);

    for (const [candidate, code] of [[answer!, 0] as const, [next!, 1] as const]) {
      const file = path.join(folder, `${code}.onnx`);
      const width = String(candidate.settings['width']);
      await cli.run(['zoo', 'MobileNetV2', '--width', width, '--no-weights', '-o', file]);
      const predicted = await cli.run(['predict', '--json', '--target-fps', '90', file]);
      expect(predicted.code).toBe(code);
      const [{ estimate }] = JSON.parse(predicted.stdout) as [Candidate];
      expect(estimate.throughputFps).toBeCloseTo(candidate.estimate.throughputFps, 8);
    }
  });

  it('finds the highest resolution of a model that meets a target', async () => {
    const file = path.join(fixtures, 'resnet18.folded.onnx');
    const { code, plan: found } = await planJson(file, '--target-fps', '40', '--step', '16', '--largest', '640');
    expect(code).toBe(0);
    expect(found.candidates).toHaveLength(40);
    const { answer, next } = found;
    expect(answer!.estimate.throughputFps).toBeGreaterThanOrEqual(40);
    expect(next!.estimate.throughputFps).toBeLessThan(40);
    expect(next!.resolution).toBe(answer!.resolution + 16);
    const resolution = String(answer!.resolution);
    const predicted = await cli.run(['predict', '--json', '--target-fps', '40', '--resolution', resolution, file]);
    expect(predicted.code).toBe(0);
  });

  it('prints for people what it found, and what to be careful about', async () => {
    const { code, stdout } = await plan('--family', 'ShuffleNetV2', '--target-fps', '1', '--resolution', '160');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^Jetson Nano, TensorRT FP16, 160×160, batch 1\n/);
    expect(stdout).toMatch(/ShuffleNetV2 x2 is the largest ShuffleNetV2 that reaches 1 FPS/);
    expect(stdout).toMatch(/Next larger +none was tried: all reach the target/);
    expect(stdout).toMatch(/Tried +4 members, ShuffleNetV2 x0\.5 to ShuffleNetV2 x2/);
    expect(stdout).toMatch(/The answer is extrapolated beyond the landmarks/);
  });

  it('exits with 1 where nothing reaches the target, and names the fastest', async () => {
    const { code, plan: found } = await planJson('--family', 'VGG', '--target-fps', '100');
    expect(code).toBe(1);
    expect(found).toMatchObject({ outcome: 'none', answer: null, next: null, closest: { label: 'VGG-11' } });
    const { code: codeForPeople, stdout } = await plan('--family', 'VGG', '--target-fps', '100');
    expect(codeForPeople).toBe(1);
    expect(stdout).toMatch(/No VGG that was tried reaches 100 FPS/);
  });

  it('exits with 1 and the reason where nothing was measured', async () => {
    const asked = ['--family', 'ResNet', '--target-fps', '5', '--runtime', 'tensorrt-int8'];
    const { code, plan: found } = await planJson(...asked);
    expect(code).toBe(1);
    expect(found).toMatchObject({ outcome: 'unanswered', answer: null, candidates: [] });
    expect(found.unanswered[0]!.reason).toMatch(/landmarks/);
    expect((await plan(...asked)).stdout).toMatch(/It is not known which ResNet reaches 5 FPS/);
  });

  it('prints the documented fields in the documented order', async () => {
    const { stdout } = await plan('--json', '--family', 'AlexNet', '--target-fps', '10', '--batch', '2');
    const found = JSON.parse(stdout) as Record<string, unknown>;
    const help = (await plan('--help')).stdout;
    const documented = [...help.matchAll(/^ {2}([a-zA-Z]+) {2,}\S/gm)].map((match) => match[1]!);
    const fields = documented.slice(documented.indexOf('subject'));
    expect(Object.keys(found)).toEqual(fields);
    expect(found).toMatchObject({
      subject: { kind: 'family', family: 'AlexNet', fixed: {} },
      query: { device: 'jetson-nano', runtime: 'tensorrt-fp16', batch: 2 },
    });
  });

  it.each([
    [['--target-fps', '60'], /Name either a model file/],
    [['resnet18.folded.onnx', '--family', 'ResNet', '--target-fps', '60'], /Name either a model file/],
    [['--family', 'ResNet'], /required option '--target-fps/],
    [['--family', 'ResNet', '--target-fps', '0'], /greater than 0/],
    [['--family', 'Transformer', '--target-fps', '60'], /There are no reference models of Transformer/],
    [['--family', 'VGG', '--width', '1', '--target-fps', '60'], /VGG has no option width/],
    [['--family', 'ResNet', '--step', '16', '--target-fps', '60'], /Only with a model file there is a --step/],
    [['resnet18.folded.onnx', '--width', '1', '--target-fps', '60'], /Only with --family there is a --width/],
    [['no-such.onnx', '--target-fps', '60'], /no-such\.onnx/],
    [['--family', 'ResNet', '--device', 'toaster', '--target-fps', '60'], /Device toaster is not known/],
    [['--family', 'VGG', '--resolution', '100', '--target-fps', '60'], /VGG at 100×100: its classifier/],
  ])('refuses %j', async (args, message) => {
    const { code, stdout, stderr } = await plan(...args);
    expect(code).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toMatch(message);
  });
});
