import { describe, expect, it } from 'vitest';
import { profiled } from '../../core/profile/profiled';
import { referenceModel } from '../../../../src/core/zoo/reference-model';
import type { PlannedRun } from '../../../../src/jetson/preflight/concern';
import { preflight } from '../../../../src/jetson/preflight/preflight';
import type { BoardReport } from '../../../../src/jetson/probe/board-report';
import { parseProbe } from '../../../../src/jetson/probe/parse-probe';
import { nano44, nano461, orinNano62, probeOutput, xavierNx51 } from '../probe/probe-outputs';

type Output = Parameters<typeof probeOutput>[0];

function reportOf(output: Output): BoardReport {
  const report = parseProbe(probeOutput(output), { sentAtMs: 0, receivedAtMs: 1000 });
  if (!report.ok) throw new Error(report.error.message);
  return report.value;
}

const built = referenceModel({ family: 'squeezenet' });
if (!built.ok) throw new Error(built.error.message);
const profile = profiled(built.value.model);

const run: PlannedRun = {
  modelName: 'squeezenet1_1',
  profile,
  facts: profile,
  rewrites: [],
  modelBytes: 5e6,
  torchscript: false,
  runtime: 'tensorrt-fp16',
  backend: 'auto',
  batch: 1,
  resolution: 224,
  workspaceMiB: 256,
  precision: 'fp32',
};

const withOperators = (operators: readonly string[], opset: number): PlannedRun => ({
  ...run,
  modelName: 'net',
  facts: {
    opset,
    operators: new Map(operators.map((name) => [name, 2])),
    axesInputs: opset < 18 ? [] : operators.flatMap((name) => (/^Reduce/.test(name) ? [[name, 2] as const] : [])),
    reshapesWithoutAllowzero: 0,
  },
});

function codes(report: BoardReport, runs: readonly PlannedRun[] = [run]): readonly string[] {
  return preflight(report, runs).map(({ severity, code }) => `${severity} ${code}`);
}

function messageOf(report: BoardReport, code: string, runs: readonly PlannedRun[] = [run]): string {
  const found = preflight(report, runs).find((concern) => concern.code === code);
  if (found === undefined) throw new Error(`There is no ${code} among ${codes(report, runs).join(', ')}.`);
  return found.message;
}

const calm = reportOf(nano461);

describe('preflight', () => {
  it('has nothing to say of a Nano that is ready', () => {
    expect(preflight(calm, [run])).toEqual([]);
    expect(preflight(calm, [])).toEqual([]);
  });

  it('names everything that spoils a Nano as it comes, each with its remedy', () => {
    const report = reportOf(nano44);
    expect(codes(report)).toEqual([
      'warning gpu-busy',
      'warning clocks-not-locked',
      'warning low-power-mode',
      'warning desktop-running',
      'warning no-swap',
    ]);
    expect(messageOf(report, 'clocks-not-locked')).toBe(
      'GPU clocks are not locked: run `sudo jetson_clocks` on the board for repeatable figures.',
    );
    expect(messageOf(report, 'low-power-mode')).toMatch(
      /5W holds the GPU at 640 of 922 MHz.*`sudo nvpmodel -m 0` \(MAXN\)/,
    );
    expect(messageOf(report, 'gpu-busy')).toMatch(/30%.*Xorg \(process 7021\)/);
    expect(messageOf(report, 'desktop-running')).toMatch(/isolate multi-user/);
  });

  it('takes a mode without MAXN for full where the GPU may reach its highest clock', () => {
    expect(codes(reportOf(xavierNx51))).toEqual(['warning clocks-not-locked']);
  });

  it('refuses a user who may not use the GPU, naming its groups', () => {
    const report = reportOf(orinNano62);
    expect(codes(report)).toEqual(['error no-gpu-access']);
    expect(messageOf(report, 'no-gpu-access')).toContain('sudo usermod -aG video,render nano');
  });

  it('says of a user outside of the group video that it may fail, where the device files cannot be seen', () => {
    const identity = nano461['identity']!.map((line) => (line.startsWith('groups=') ? 'groups=nano' : line));
    expect(codes(reportOf({ ...nano461, identity, gpuFiles: [] }))).toEqual(['warning not-in-video']);
  });

  it('needs a python3 of 3.6 or newer', () => {
    expect(codes(reportOf({ ...nano461, python: [] }))).toContain('error no-python');
    expect(codes(reportOf({ ...nano461, python: ['version=3.5.2'] }))).toContain('error old-python');
    expect(codes(reportOf({ ...nano461, python: ['version=3.14.0'] }))).toEqual([]);
  });

  it('needs TensorRT or trtexec for TensorRT runtimes, and the one that is asked for', () => {
    const neither = {
      ...calm,
      tensorrt: { ...calm.tensorrt, pythonModule: null, trtexec: null, pythonError: 'No module' },
    };
    expect(codes(neither)).toEqual(['error no-tensorrt']);
    expect(messageOf(neither, 'no-tensorrt')).toMatch(/No module.*apt install/);
    const onlyTrtexec = { ...calm, tensorrt: { ...calm.tensorrt, pythonModule: null } };
    expect(codes(onlyTrtexec)).toEqual([]);
    expect(codes(onlyTrtexec, [{ ...run, backend: 'tensorrt-python' }])).toEqual(['error backend-not-possible']);
    const onlyModule = { ...calm, tensorrt: { ...calm.tensorrt, trtexec: null } };
    expect(codes(onlyModule)).toEqual([]);
    expect(codes(onlyModule, [{ ...run, backend: 'trtexec' }])).toEqual(['error backend-not-possible']);
    expect(codes(calm, [{ ...run, backend: 'pytorch' }])).toEqual(['error backend-not-possible']);
    // With torch alone, the board can be measured all the same.
    expect(codes(neither, [])).toEqual(['warning no-tensorrt']);
    expect(codes({ ...neither, software: { ...calm.software, torch: null } }, [])).toEqual(['error no-tensorrt']);
  });

  it('needs torch with CUDA and a TorchScript file for PyTorch', () => {
    const pytorch = { ...run, runtime: 'pytorch-fp16', torchscript: true } as const;
    expect(codes(calm, [pytorch])).toEqual([]);
    expect(codes(calm, [{ ...pytorch, torchscript: false }])).toEqual(['error no-torchscript']);
    expect(messageOf(calm, 'no-torchscript', [{ ...pytorch, torchscript: false }])).toContain('squeezenet1_1.pt');
    expect(codes({ ...calm, software: { ...calm.software, torch: null } }, [pytorch])).toEqual(['error no-torch']);
    const onCpu = { ...calm, torch: { cuda: null } };
    expect(codes(onCpu, [pytorch])).toEqual(['error torch-without-cuda']);
    expect(codes(onCpu, [{ ...pytorch, allowCpu: true }])).toEqual(['warning torch-on-cpu']);
  });

  it('measures INT8 where the GPU has it', () => {
    const int8: PlannedRun = { ...run, runtime: 'tensorrt-int8' };
    expect(codes(calm, [int8])).toEqual(['error no-int8']);
    const xavier = { ...calm, device: 'jetson-agx-xavier' };
    expect(codes(xavier, [int8])).toEqual([]);
  });

  it('files no model under a precision that it has not', () => {
    const on = (tensorrt: string): BoardReport => ({
      ...calm,
      device: 'jetson-agx-orin-64gb',
      software: { ...calm.software, tensorrt },
    });
    const codesOf = (tensorrt: string, changes: Partial<PlannedRun>) => codes(on(tensorrt), [{ ...run, ...changes }]);
    const refused = ['error precision-of-model'];
    expect(codesOf('10.3.0', { precision: 'fp16', runtime: 'tensorrt-fp16' })).toEqual([]);
    expect(codesOf('10.3.0', { precision: 'fp16', runtime: 'tensorrt-fp32' })).toEqual(refused);
    expect(codesOf('10.3.0', { precision: 'int8', runtime: 'tensorrt-int8' })).toEqual([]);
    expect(codesOf('10.3.0', { precision: 'int8', runtime: 'tensorrt-fp16' })).toEqual(refused);
    expect(codesOf('11.4.1', { precision: 'fp32', runtime: 'tensorrt-fp32' })).toEqual([]);
    expect(codesOf('11.4.1', { precision: 'fp16', runtime: 'tensorrt-fp16' })).toEqual([]);
    for (const runtime of ['tensorrt-fp16', 'tensorrt-int8'] as const) {
      expect(codesOf('11.4.1', { precision: 'fp32', runtime })).toEqual(refused);
    }
  });

  it('names operators and opsets that the TensorRT of this board does not read', () => {
    const report = reportOf(nano461);
    expect(messageOf(report, 'unsupported-operator', [withOperators(['Conv', 'HardSwish'], 14)])).toMatch(
      /^net: HardSwish ×2: TensorRT 8\.2\.1\.8 on the board cannot import it\. .*dynamo=False, opset_version=13/,
    );
    expect(codes(report, [withOperators(['ReduceMean'], 18)])).toEqual([
      'error misread-operator',
      'warning newer-opset',
    ]);
    expect(codes(report, [withOperators(['Conv'], 13)])).toEqual([]);
    expect(messageOf(report, 'newer-opset', [withOperators(['Conv'], 14)])).toMatch(/opset 14.*up to 13/);
    // The same model on newer boards.
    const orin = reportOf({ ...orinNano62, gpuFiles: [] });
    expect(codes(orin, [withOperators(['HardSwish', 'ReduceMean'], 18)])).not.toContain('error unsupported-operator');
    const old = { ...report, software: { ...report.software, tensorrt: '7.1.3' } };
    expect(messageOf(old, 'newer-opset', [withOperators(['Conv'], 13)])).toMatch(/up to 11/);
  });

  it('says as information how a model is rewritten for the board, which stops nothing', () => {
    const rewritten = { ...withOperators(['Conv'], 13), rewrites: ['HardSwish ×2 written with older operators'] };
    expect(codes(calm, [rewritten])).toEqual(['information rewritten']);
    expect(messageOf(calm, 'rewritten', [rewritten])).toMatch(/^net: Framecast rewrites.*HardSwish ×2/);
  });

  it('wants room on the disk for the models and their engines', () => {
    const free = (freeBytes: number): BoardReport => ({ ...calm, disk: { freeBytes, totalBytes: 30e9 } });
    expect(codes(free(600e6))).toEqual([]);
    expect(codes(free(400e6))).toEqual(['warning disk-short']);
    const large = { ...run, modelBytes: 300e6 };
    expect(codes(free(1.3e9), [large])).toEqual(['warning disk-short']);
    expect(codes(free(500e6), [large])).toEqual(['error disk-short']);
    // One upload serves all runtimes of a model.
    expect(codes(free(1.5e9), [large, { ...large, runtime: 'tensorrt-fp32' }])).toEqual([]);
    expect(codes(free(1.5e9), [large, { ...large, modelName: 'other' }])).toEqual(['warning disk-short']);
  });

  it('wants memory for what is built', () => {
    const memory = (availableBytes: number, swapTotalBytes: number): BoardReport => ({
      ...calm,
      memory: { totalBytes: 4e9, availableBytes, swapTotalBytes, swapUsedBytes: 0 },
    });
    expect(codes(memory(1.5e9, 2e9))).toEqual([]);
    expect(codes(memory(5e8, 2e8))).toEqual(['warning memory-short']);
    expect(codes(memory(5e8, 2e9))).toEqual([]);
    expect(codes(memory(3e9, 2e9), [{ ...run, workspaceMiB: 8000 }])).toEqual(['error memory-short']);
  });

  it('warns of a hot board and of another job, whose load is not held against the board', () => {
    expect(codes(reportOf({ ...nano461, thermal: ['GPU-therm=85500', 'PMIC-Die=100000'] }))).toEqual(['warning hot']);
    const busy = reportOf({ ...nano461, framecast: ['busy=yes'], gpuLoad: ['990'] });
    expect(codes(busy)).toEqual(['warning other-job']);
  });

  it('refuses a machine that does not say what it is', () => {
    const identity = nano461['identity']!.filter((line) => !/^(model|dtsFile)=/.test(line));
    expect(codes(reportOf({ ...nano461, identity, compatible: [] }))).toEqual(['error unknown-board']);
  });

  it('puts errors first and says everything once', () => {
    const report = reportOf({ ...nano44, python: [] });
    const concerns = preflight(report, [run, { ...run, runtime: 'tensorrt-fp32' }]);
    expect(concerns[0]).toMatchObject({ severity: 'error', code: 'no-python' });
    expect(new Set(concerns.map(({ message }) => message)).size).toBe(concerns.length);
  });
});
