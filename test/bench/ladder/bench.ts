/**
 * npm run bench:ladder: what a ladder of 8 reference models is worth. The stand-in device (this machine's CPU behind a real
 * SSH server) is measured as a board would be; the fit over the graph, which has seen the ladder alone, then predicts
 * networks that torch exported, measured there by the same protocol. Peer in the same run: latency proportional to
 * multiply–accumulates, fitted to the same ladder.
 *
 * Everything is measured in several rounds, the ladder and the other networks in turn: a machine that other programs
 * use is slow for seconds at a time, longer than all trials of a small network take together. What counts is the median
 * of the rounds, as everywhere in the product where a model was measured more than once, and how far rounds are apart
 * is printed: an error below that tells nothing.
 *
 *   npm run bench:ladder [-- --rounds 5 --trials 30]
 */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { findSshd } from '../../../scripts/setup/sshd.mjs';
import { modelNames, pointOf } from '../../../src/core/estimate/graph-cost/costed-landmark';
import { createEstimators, type Estimators } from '../../../src/core/estimate/estimators';
import { defaultLadderLength, defaultMaxWeightBytes } from '../../../src/core/ladder/choose-ladder';
import type { Rung } from '../../../src/core/ladder/rung';
import { standInDevice } from '../../../src/core/landmarks/devices';
import type { Landmark } from '../../../src/core/landmarks/landmark';
import { kernelsOfLandmark } from '../../../src/core/landmarks/model-costs';
import { median } from '../../../src/core/statistics';
import { fitReportSentences } from '../../../src/core/present/fit-sentences';
import { fitReport } from '../../../src/core/estimate/fit-report';
import { success } from '../../../src/core/result';
import { runBenchmark } from '../../../src/jetson/benchmark/benchmark';
import type { BenchmarkOutcome } from '../../../src/jetson/benchmark/benchmark-outcome';
import type { BenchmarkContext } from '../../../src/jetson/benchmark/benchmark-request';
import { resolveDestination, type Destination } from '../../../src/jetson/connection/destination';
import { measureLadder } from '../../../src/jetson/ladder/measure-ladder';
import { planLadder } from '../../../src/jetson/ladder/plan-ladder';
import { noPrompts } from '../../jetson/harness/prompts';
import { valueOf } from '../../jetson/harness/result';
import { startStandIn } from '../../jetson/stand-in/stand-in';
import { profileOfPublished } from '../estimators/fixture-models';
import { filledFixture } from './filled-fixture';

const bound = 0.15;
const models = [
  'resnet18',
  'resnet50',
  'mobilenet_v2',
  'mnasnet1_0',
  'shufflenet_v2_x1_0',
  'densenet121',
  'squeezenet1_0',
  'googlenet',
  'vgg11',
  'efficientnet_b0',
  'wide_resnet50_2',
  'resnext50_32x4d',
];
const key = { device: standInDevice, runtime: 'tensorrt-fp32' } as const;
const fixtures = pathToFileURL(`${process.cwd()}/test/fixtures/exported/`);
const rounds = numberAsked('--rounds', 5);
const protocol = { runtime: key.runtime, trials: numberAsked('--trials', 30), warmupRuns: 5 };

Object.assign(process.env, findSshd()?.env);
const folder = await mkdtemp(path.join(tmpdir(), 'framecast-bench-ladder-'));
const standIn = await startStandIn({ tensorrt: '8.2' });
try {
  const { configFile, home } = standIn.server;
  const destination = valueOf(await resolveDestination('board', { configFile, home }));
  const rungs = await chosenRungs(destination);
  const files = await filledFixtures();
  const ladder: Landmark[] = [];
  const others: Landmark[] = [];
  for (let round = 1; round <= rounds; round += 1) {
    console.error(`Round ${round} of ${rounds}`);
    ladder.push(...(await measuredLadder(destination, rungs)));
    others.push(...(await measuredModels(destination, files)));
  }
  refuseSeen(ladder, others);
  process.exitCode = await report(ladder, others);
} finally {
  await standIn.stop();
  await rm(folder, { recursive: true, force: true });
}

function numberAsked(option: string, usual: number): number {
  const asked = process.argv.indexOf(option);
  const number = asked === -1 ? usual : Number(process.argv[asked + 1]);
  if (!Number.isInteger(number) || number < 1) throw new Error(`${option} needs a whole number, 1 or more.`);
  return number;
}

async function chosenRungs(destination: Destination): Promise<readonly Rung[]> {
  const { rungs } = valueOf(
    await planLadder(
      {
        destination,
        runtime: key.runtime,
        length: defaultLadderLength,
        families: [],
        campaign: 'bench',
        maxWeightBytes: defaultMaxWeightBytes,
        estimators: createEstimators([]),
      },
      { prompts: noPrompts, signal: new AbortController().signal },
    ),
  );
  console.log(`Ladder: ${rungs.map(({ label }) => label).join(', ')}.`);
  return rungs;
}

async function measuredLadder(destination: Destination, rungs: readonly Rung[]): Promise<readonly Landmark[]> {
  const outcome = await measureLadder(
    { ...request(destination), ...protocol, rungs, folder: path.join(folder, 'ladder') },
    {
      ...context(),
      onLadder: (event) => {
        if (event.kind === 'rung') {
          console.error(`${event.done} of ${event.of} rungs, ${Math.round(event.secondsLeft ?? 0)} s left`);
        }
      },
    },
  );
  return landmarksOf(valueOf(outcome));
}

/** Writes the exported models with weights in them again, and returns their paths. */
async function filledFixtures(): Promise<readonly string[]> {
  const exported = path.join(folder, 'exported');
  await mkdir(exported);
  const files: string[] = [];
  for (const model of models) {
    const file = path.join(exported, `${model}.onnx`);
    await writeFile(file, await filledFixture(new URL(`${model}.folded.onnx`, fixtures)));
    files.push(file);
  }
  return files;
}

/** By the protocol of the ladder. */
async function measuredModels(destination: Destination, files: readonly string[]): Promise<readonly Landmark[]> {
  const outcome = await runBenchmark(
    { ...request(destination), runs: files.map((modelPath) => ({ modelPath, ...protocol })) },
    context(),
  );
  return landmarksOf(valueOf(outcome));
}

/** What is predicted must be networks that the ladder has at no resolution. */
function refuseSeen(ladder: readonly Landmark[], others: readonly Landmark[]): void {
  const names = new Set(ladder.flatMap(modelNames));
  const seen = others.find((landmark) => modelNames(landmark).some((name) => names.has(name)));
  if (seen !== undefined) throw new Error(`${seen.model} is in the ladder; put another network in its place.`);
}

function request(destination: Destination) {
  return { destination, deviceLabel: 'bench', client: 'bench:ladder', whenBusy: 'refuse' as const };
}

function context(): BenchmarkContext {
  return {
    prompts: noPrompts,
    signal: new AbortController().signal,
    onEvent: (event) => {
      if (event.kind === 'run-finished')
        console.error(`${event.outcome.modelName}: ${event.outcome.ok ? 'ok' : 'failed'}`);
    },
    acceptWarnings: async (concerns) => {
      concerns.forEach(({ message }) => console.error(message));
      return true;
    },
    saveLandmark: async () => success(undefined),
    pendingJobs: { save: async () => undefined, forget: async () => undefined },
    now: () => new Date(),
  };
}

/** Every run must have gone well: what is not measured must not make the mean better. */
function landmarksOf({ runs }: BenchmarkOutcome): readonly Landmark[] {
  return runs.map((run) => {
    if (!run.ok) throw new Error(`${run.modelName}: ${run.error.message}\n${run.logTail}`);
    return run.landmark;
  });
}

/** @param measuredLadders of all rounds, as are `measuredOthers` */
async function report(measuredLadders: readonly Landmark[], measuredOthers: readonly Landmark[]): Promise<number> {
  const estimators = createEstimators(measuredLadders);
  const [ladder, others] = [medians(measuredLadders), medians(measuredOthers)];
  const msPerMac = Math.exp(mean(ladder.map((landmark) => Math.log(latencyMs(landmark) / macsOf(landmark)))));
  const errors: number[] = [];
  const peerErrors: number[] = [];
  console.log(
    `\n${'model'.padEnd(22)}${'measured'.padStart(12)}${'predicted'.padStart(12)}${'error'.padStart(9)}${'by MACs'.padStart(9)}${'rounds'.padStart(9)}`,
  );
  for (const landmark of others) {
    const measured = latencyMs(landmark);
    const predicted = 1000 / (await graphCostFps(estimators, landmark));
    const error = errorOf(measured, predicted);
    const peerError = errorOf(measured, msPerMac * macsOf(landmark));
    errors.push(error);
    peerErrors.push(peerError);
    const times = [measured, predicted].map((ms) => `${ms.toFixed(2)} ms`.padStart(12)).join('');
    const shares = [error, peerError, spreadOf(landmark, measuredOthers)].map((share) => percent(share).padStart(9));
    console.log(`${landmark.model.padEnd(22)}${times}${shares.join('')}`);
  }
  console.log(
    `\nMean error of ${others.length} models from a ladder of ${ladder.length}: ${percent(mean(errors))} (bound ${percent(bound)})`,
  );
  console.log(`The same by multiply–accumulates alone: ${percent(mean(peerErrors))}`);
  if (rounds > 1) {
    const [ofLadder, ofOthers] = [
      ladder.map((landmark) => spreadOf(landmark, measuredLadders)),
      others.map((landmark) => spreadOf(landmark, measuredOthers)),
    ];
    console.log(
      `A round is off the median of ${rounds} by ${percent(mean(ofLadder))} on the ladder and ${percent(mean(ofOthers))} on the others, at worst ${percent(Math.max(...ofLadder, ...ofOthers))}.`,
    );
  }
  fitReportSentences(fitReport(estimators, key)).forEach((sentence) => console.log(sentence));
  return mean(errors) <= bound ? 0 : 1;
}

/** Mean distance of a network's rounds from their median, relative to it. */
function spreadOf(median: Landmark, measured: readonly Landmark[]): number {
  const own = measured.filter(({ model }) => model === median.model);
  return mean(own.map(({ throughputFps }) => Math.abs(throughputFps / median.throughputFps - 1)));
}

async function graphCostFps(estimators: Estimators, { model, resolution, batch }: Landmark): Promise<number> {
  const profile = await profileOfPublished(model, fixtures);
  const { estimate, alternatives } = estimators.predict(profile, { ...key, resolution, batch });
  const answers = [...(estimate === null ? [] : [estimate]), ...alternatives];
  const answer = answers.find(({ method }) => method === 'graph-cost');
  if (answer === undefined || !('throughputFps' in answer)) throw new Error(`${model} is not predicted.`);
  return answer.throughputFps;
}

function latencyMs({ throughputFps, batch }: Landmark): number {
  return (1000 * batch) / throughputFps;
}

function macsOf(landmark: Landmark): number {
  const kernels = kernelsOfLandmark(landmark);
  if (kernels === null) throw new Error(`${landmark.model} has no kernels.`);
  return kernels.reduce((sum, { macs, count }) => sum + macs * count, 0);
}

/** Of throughput, as the paper counts it: relative to what was measured. */
function errorOf(measuredMs: number, predictedMs: number): number {
  return Math.abs(measuredMs / predictedMs - 1);
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}

/** Repeated measurements of one model in one campaign become one landmark with their median throughput. */
function medians(landmarks: readonly Landmark[]): readonly Landmark[] {
  const groups = new Map<string, Landmark | Landmark[]>();
  for (const landmark of landmarks) {
    const identity = pointOf(landmark);
    const group = groups.get(identity);
    if (group === undefined) groups.set(identity, landmark);
    else if (Array.isArray(group)) group.push(landmark);
    else groups.set(identity, [group, landmark]);
  }
  return [...groups.values()].map((group) => {
    if (!Array.isArray(group)) return group;
    return { ...group[0]!, throughputFps: median(group.map(({ throughputFps }) => throughputFps)) };
  });
}
