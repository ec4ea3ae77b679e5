import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { BoardReport } from '../../../../src/jetson/probe/board-report';
import { parseProbe } from '../../../../src/jetson/probe/parse-probe';
import { l4t, nano44, nano461, orinNano62, probeOutput, thor72, xavierNx51 } from './probe-outputs';

const times = { sentAtMs: 1_700_000_000_000, receivedAtMs: 1_700_000_002_000 };

function parse(output: string): BoardReport {
  const report = parseProbe(output, times);
  if (!report.ok) throw new Error(report.error.message);
  return report.value;
}

/**
 * L4T releases and their JetPack, as NVIDIA's JetPack archive and, from 35.6.1 on, jetson_stats 7.2.0 (jtop/core/
 * jetson_variables.py) and meta-tegra list them. 35.6 is 5.1.4 by NVIDIA.
 */
const jetpacks: Readonly<Record<string, string>> = {
  '32.4.3': '4.4',
  '32.4.4': '4.4.1',
  '32.5': '4.5',
  '32.5.1': '4.5.1',
  '32.6.1': '4.6',
  '32.7.1': '4.6.1',
  '32.7.2': '4.6.2',
  '32.7.3': '4.6.3',
  '32.7.4': '4.6.4',
  '32.7.5': '4.6.5',
  '32.7.6': '4.6.6',
  '35.1': '5.0.2',
  '35.2.1': '5.1',
  '35.3.1': '5.1.1',
  '35.4.1': '5.1.2',
  '35.5.0': '5.1.3',
  '35.6.0': '5.1.4',
  '35.6.1': '5.1.5',
  '35.6.2': '5.1.5',
  '35.6.3': '5.1.5',
  '35.6.4': '5.1.6',
  '36.3.0': '6.0',
  '36.4.0': '6.1',
  '36.4.3': '6.2',
  '36.4.4': '6.2.1',
  '36.4.7': '6.2.1',
  '36.5.0': '6.2.2',
  '36.5.2': '6.2.3',
  '38.2.0': '7.0',
  '38.2.1': '7.0',
  '38.2.2': '7.0',
  '38.4.0': '7.1',
  '39.0.0': '7.2 EA',
  '39.2.0': '7.2',
  '39.2.1': '7.2.1',
};

describe('parseProbe', () => {
  it.each(Object.entries(jetpacks))('L4T %s is JetPack %s', (release, jetpack) => {
    const [major = '', ...revision] = release.split('.');
    const identity = ['now=1700000000', 'model=A board', l4t(Number(major), revision.join('.'))];
    expect(parse(probeOutput({ identity })).software).toMatchObject({ l4t: release, jetpack });
  });

  it('reads a Thor with JetPack 7.2, whose trtexec and GPU nodes are elsewhere', () => {
    expect(parse(probeOutput(thor72))).toMatchObject({
      device: 'jetson-agx-thor',
      software: { l4t: '39.2.0', jetpack: '7.2', tensorrt: '10.16.2', python: '3.12.3' },
      tensorrt: { trtexec: '/usr/bin/trtexec', trtexecVersion: '10.16.2' },
      state: { gpuMHz: 1575, gpuMaxMHz: 1575, gpuLoad: 0.37 },
      clocksLocked: true,
      gpuAccessible: true,
    });
  });

  it('reads a Jetson Nano with JetPack 4.6.1', () => {
    const report = parse(probeOutput(nano461));
    expect(report).toMatchObject({
      device: 'jetson-nano',
      standIn: false,
      boardModel: 'NVIDIA Jetson Nano Developer Kit',
      software: {
        l4t: '32.7.1',
        jetpack: '4.6.1',
        tensorrt: '8.2.1.8',
        cuda: '10.2.300',
        torch: '1.10.0',
        python: '3.6.9',
      },
      tensorrt: { packageVersion: '8.2.1', libraryVersion: '8.2.1', trtexecVersion: '8.2.1', pythonError: null },
      torch: { cuda: '10.2' },
      powerMode: {
        id: 0,
        name: 'MAXN',
        modes: [
          { id: 0, name: 'MAXN' },
          { id: 1, name: '5W' },
        ],
      },
      clocksLocked: true,
      headless: true,
      gpuHighestMHz: 921.6,
      memory: { totalBytes: 4059344 * 1024, swapTotalBytes: 2029664 * 1024, swapUsedBytes: 64 * 1024 },
      disk: { freeBytes: 14008420 * 1024, totalBytes: 30516340 * 1024 },
      groups: ['nano', 'adm', 'sudo', 'audio', 'video', 'gdm', 'weston-launch'],
      gpuGroups: ['video'],
      gpuAccessible: true,
      uptimeSeconds: 4242.15,
      framecast: { busy: false, jobs: [], bytes: 0 },
      notes: [],
    });
    expect(report.state).toMatchObject({
      gpuMHz: 921.6,
      cpuMHz: 1479,
      gpuLoad: 0.002,
      swappedPages: 42,
      powerMode: 'MAXN',
    });
    expect(report.state.temperaturesC).toEqual({
      'AO-therm': 41.5,
      'CPU-therm': 33.5,
      'GPU-therm': 32,
      'PLL-therm': 31.5,
    });
  });

  it('reads a Jetson Nano with JetPack 4.4 as it comes: TensorRT 7.1 by its library, a desktop, free clocks', () => {
    const report = parse(probeOutput(nano44));
    expect(report).toMatchObject({
      device: 'jetson-nano',
      software: { l4t: '32.4.3', jetpack: '4.4', tensorrt: '7.1.3', cuda: '10.2.89', torch: null },
      tensorrt: {
        pythonModule: null,
        pythonError: "ModuleNotFoundError: No module named 'tensorrt'",
        trtexecVersion: null,
      },
      clocksLocked: false,
      headless: false,
      desktop: ['Xorg', 'gdm3', 'gnome-shell'],
      gpuUsers: [
        { pid: 7021, command: 'Xorg' },
        { pid: 7420, command: 'compiz' },
      ],
      memory: { availableBytes: 1_000_000 * 1024, swapTotalBytes: 0, swapUsedBytes: 0 },
    });
    expect(report.state.gpuLoad).toBeCloseTo(0.3);
  });

  it('reads a Jetson Xavier NX with JetPack 5.1', () => {
    const report = parse(probeOutput(xavierNx51));
    expect(report).toMatchObject({
      device: 'jetson-xavier-nx',
      software: { l4t: '35.2.1', jetpack: '5.1', tensorrt: '8.5.2.2', cuda: '11.4.19' },
      tensorrt: { trtexecVersion: '8.5.2' },
      powerMode: { id: 2, name: 'MODE_15W_6CORE' },
      clocksLocked: false,
    });
  });

  it('reads a Jetson Orin Nano with JetPack 6.2, whose user may not use the GPU', () => {
    expect(parse(probeOutput(orinNano62))).toMatchObject({
      device: 'jetson-orin-nano',
      dtsFile: null,
      software: { l4t: '36.4.3', jetpack: '6.2', tensorrt: '10.3.0', cuda: '12.6.11' },
      tensorrt: { packageVersion: '10.3.0.30', trtexecVersion: '10.3.0' },
      powerMode: { id: 2, name: 'MAXN_SUPER' },
      gpuGroups: ['video', 'render'],
      gpuAccessible: false,
    });
  });

  it('knows the power mode by its files where nvpmodel may not be asked', () => {
    const silent = { ...nano44, nvpmodel: ['NVPM ERROR: Error opening /var/lib/nvpmodel/status'] };
    expect(
      parse(probeOutput({ ...silent, powerModes: ['status=pmode:0001', '< POWER_MODEL ID=1 NAME=5W >'] })).powerMode,
    ).toMatchObject({ id: 1, name: '5W' });
  });

  it('takes whatever has a sysroot for the stand-in device, even where its files claim to be a Nano', () => {
    const identity = nano461['identity']!.map((line) => (line === 'sysroot=' ? 'sysroot=/tmp/anything' : line));
    expect(parse(probeOutput({ ...nano461, identity }))).toMatchObject({ standIn: true, device: 'stand-in' });
  });

  it('says that a board that says nothing is unknown', () => {
    expect(parse('=begin\n=end\n')).toMatchObject({
      device: null,
      boardModel: null,
      clocksLocked: null,
      headless: true,
      clockSkewSeconds: null,
      software: { tensorrt: null, python: null },
      memory: { totalBytes: null },
      gpuAccessible: null,
    });
  });

  it('finds how far the clocks are apart, and how well that is known', () => {
    const at = (seconds: number) => parse(probeOutput({ identity: [`now=${seconds}`] }));
    expect(at(1_700_000_001)).toMatchObject({ clockSkewSeconds: 0.5, clockSkewUncertaintySeconds: 1.5 });
    expect(at(1).clockSkewSeconds).toBeCloseTo(-1_700_000_000, -1);
  });

  it('notes a tool that hung', () => {
    const report = parse(probeOutput({ packages: ['=hangs'], displayManager: ['=hangs'] }));
    expect(report.notes).toHaveLength(2);
    expect(report.headless).toBeNull();
  });

  it('leaves out what a shell says before, and refuses output that is cut', () => {
    expect(parse(`Welcome!\nfortune\n${probeOutput(nano461)}logout\n`).device).toBe('jetson-nano');
    for (const output of ['', 'command not found\n', probeOutput(nano461).replace('=end', ''), '=end\n=begin\n']) {
      expect(parseProbe(output, times)).toMatchObject({ ok: false, error: { code: 'board-misbehaves' } });
    }
  });

  it('takes a job that holds the lock for a busy board, and names jobs', () => {
    const lines = [
      'busy=yes',
      'kilobytes=2048',
      'job=20261124T014540Z-7a6a182f',
      'job=../../etc',
      'job=20261124T014319Z-700acf0a',
    ];
    expect(parse(probeOutput({ framecast: lines })).framecast).toEqual({
      busy: true,
      jobs: ['20261124T014540Z-7a6a182f', '20261124T014319Z-700acf0a'],
      bytes: 2048 * 1024,
    });
  });

  it('keeps escape sequences, marks that turn text around, and endless names out', () => {
    const report = parse(
      probeOutput({
        identity: [`model=\u001b[31mJetson\u202e${'x'.repeat(100_000)}`],
        thermal: Array.from({ length: 5000 }, (_, index) => `zone${index}=20000`),
        gpuUsers: ['1 \u001b]0;title\u0007bad'],
      }),
    );
    expect(report.boardModel!.length).toBeLessThanOrEqual(1024);
    expect(JSON.stringify(report)).not.toMatch(/\\u001b|\\u0007|\u202e/);
    expect(Object.keys(report.state.temperaturesC).length).toBeLessThanOrEqual(32);
  });

  it('never throws, and gives finite numbers alone', () => {
    const names = Object.keys(nano461);
    const value = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom(
        '9'.repeat(400),
        '-1',
        '1e999',
        'NaN',
        'now=99999999999999999999',
        'MemTotal: 999999999999999 kB',
      ),
      fc.constantFrom(...Object.values(nano461).flat()),
    );
    const sections = fc.dictionary(fc.constantFrom(...names), fc.array(value, { maxLength: 20 }));
    fc.assert(
      fc.property(sections, (content) => {
        const report = parseProbe(probeOutput(content), times);
        JSON.stringify(report, (_, each: unknown) => {
          if (typeof each === 'number') expect(Number.isFinite(each)).toBe(true);
          return each;
        });
      }),
      { numRuns: 300 },
    );
  });
});
