import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildCommandLine, fixtures, root, type CommandLine } from '../command-line';

let cli: CommandLine;
let folder: string;

beforeAll(async () => {
  cli = await buildCommandLine();
  folder = await mkdtemp(path.join(tmpdir(), 'framecast-pipeline-'));
});

afterAll(async () => {
  await cli.remove();
  await rm(folder, { recursive: true });
});

async function pipeline(text: string, ...args: string[]) {
  const file = path.join(folder, 'pipeline.yaml');
  await writeFile(file, text);
  return cli.run(['pipeline', file, ...args]);
}

const separable = `model: ${path.join(fixtures, 'mobilefacenet.folded.onnx')}`;
const recogniser = `model: ${path.join(fixtures, 'resnet18.folded.onnx')}`;

describe('framecast pipeline', () => {
  it('answers for the sample as predict does for its models', async () => {
    const sample = await cli.run(['pipeline', path.join(root, 'samples/pipeline.yaml'), '--json']);
    const budget = JSON.parse(sample.stdout) as {
      stages: { stage: { model: string; every: number }; runsPerFrame: number; perFrame: { ms: number } }[];
      perFrame: { ms: number };
    };
    const files = budget.stages.map(({ stage }) => path.join(root, 'samples', stage.model));
    const predicted = await cli.run(['predict', ...files, '--json']);
    const answers = JSON.parse(predicted.stdout) as { file: string; estimate: { latencyMs: number } }[];
    const latencies = new Map(answers.map(({ file, estimate }) => [file, estimate.latencyMs]));
    budget.stages.forEach(({ perFrame, runsPerFrame }, index) => {
      expect(perFrame.ms).toBeCloseTo(runsPerFrame * latencies.get(files[index]!)!, 1);
    });
    expect(budget.perFrame.ms).toBeCloseTo(
      budget.stages.reduce((sum, { perFrame }) => sum + perFrame.ms, 0),
      6,
    );
  });

  it('exits with 1 when the pipeline does not keep up with the camera', async () => {
    const text = (fps: number) => `camera_fps: ${fps}\nstages:\n- ${recogniser}\n`;
    expect(await pipeline(text(1))).toMatchObject({ code: 0, stdout: expect.stringContaining('Keeps up') });
    expect(await pipeline(text(5000))).toMatchObject({ code: 1, stdout: expect.stringContaining('Misses') });
  });

  it('names each problem with its line, still answers for the rest, and exits with 2', async () => {
    const { code, stdout, stderr } = await pipeline(
      `faces: two\nstages:\n- ${recogniser}\n- name: gone\n  model: gone.onnx\n- name: bad\n  model: x.onnx\n  runs: 0\n- name: odd\n  ${separable}\n  input: 113x97\n- name: large\n  ${recogniser}\n  input: 16385\n  every: -2\n  speed: 1\n`,
    );
    expect(code).toBe(2);
    expect(stderr).toContain('pipeline.yaml:1:8: error: faces is a whole number');
    expect(stderr).toContain('pipeline.yaml:8:9: error: runs is how often');
    expect(stderr).toMatch(/pipeline\.yaml:5:10: error: gone: There is no file .*gone\.onnx/);
    expect(stderr).toContain('pipeline.yaml:11:10: error: odd: This network cannot run at the size asked for');
    expect(stderr).toContain('pipeline.yaml:14:10: error: input is width × height');
    expect(stderr).toContain('pipeline.yaml:15:10: error: every is a whole number from 1');
    expect(stderr).toContain('pipeline.yaml:16:3: warning: A stage has no key speed.');
    expect(stdout).toContain('At most');
  });
});
