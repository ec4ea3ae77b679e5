import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildCommandLine, type CommandLine } from '../command-line';

let cli: CommandLine;

beforeAll(async () => {
  cli = await buildCommandLine();
});

afterAll(async () => {
  await cli.remove();
});

describe('framecast predict --explain', () => {
  it('shows the errors of both methods, every coefficient with its unit, and the heaviest kernels', async () => {
    const { code, stdout } = await cli.run(['predict', '--explain', 'mobilenet_v2.folded.onnx']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/Family fit \(Equation 2\) +[\d.]+%\n +Graph cost +[\d.]+%/);
    expect(stdout.match(/^ +[\d.]+ +ms per GMAC /gm)).toHaveLength(4);
    expect(stdout).toMatch(/^ +[\d.]+ +µs per kernel launch /m);
    expect(stdout).toMatch(/^ +[\d.]+ +ms per million elements /m);
    expect(stdout).toMatch(/each family left out in turn +[\d.]+%/);
    const listed = [...stdout.matchAll(/^ +([\d.]+) ms +([\d.]+)% +\S/gm)];
    expect(listed).toHaveLength(17);
    const shares = listed.map((match) => Number(match[2]));
    expect(shares.reduce((sum, share) => sum + share, 0)).toBeCloseTo(100, 0);
    expect(stdout).toMatch(/\d ms +[\d.]+% +features\.3\.conv\.1\.0 /);
    expect(stdout).toMatch(/the board of torch2trt +[−+].*, compared with the paper's board/);
    const explanation = stdout.slice(stdout.indexOf('What each kind of work takes here'));
    expect(explanation).not.toMatch(/graph cost|campaign|held-out|coefficient/i);
  });

  it('says why there is nothing to explain', async () => {
    const { stdout } = await cli.run(['predict', '--explain', '--runtime', 'tensorrt-int8', 'resnet18.folded.onnx']);
    expect(stdout).toMatch(/Where the time goes\n +The GPU of Jetson Nano has no INT8 arithmetic/);
  });

  it('is not for JSON', async () => {
    const { code, stderr } = await cli.run(['predict', '--explain', '--json', 'resnet18.folded.onnx']);
    expect(code).toBe(2);
    expect(stderr).toContain("'--explain' cannot be used with option '--json'");
  });
});
