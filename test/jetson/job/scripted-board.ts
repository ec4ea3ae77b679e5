import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Landmark } from '../../../src/core/landmarks/landmark';
import { success, type Result } from '../../../src/core/result';
import { modelChunks } from '../../../src/core/zoo/model-bytes';
import { referenceModel } from '../../../src/core/zoo/reference-model';
import { resumeBenchmark, runBenchmark, type BenchmarkOptions } from '../../../src/jetson/benchmark/benchmark';
import type { BenchmarkEvent } from '../../../src/jetson/benchmark/benchmark-event';
import type { BenchmarkOutcome } from '../../../src/jetson/benchmark/benchmark-outcome';
import type { BenchmarkContext, BenchmarkRequest } from '../../../src/jetson/benchmark/benchmark-request';
import { parsePendingJob, type PendingJob } from '../../../src/jetson/benchmark/pending-job';
import { resolveDestination, type Destination } from '../../../src/jetson/connection/destination';
import { connect, type BoardSession } from '../../../src/jetson/connection/session';
import type { RunnerFile } from '../../../src/jetson/job/board-runner';
import { joinModules } from '../../../src/jetson/runner/join-modules';
import { runnerModules } from '../../../src/jetson/runner/runner-script';
import { processesWith, type Process } from '../harness/processes';
import { noPrompts } from '../harness/prompts';
import { valueOf } from '../harness/result';
import { startStandIn, type StandIn, type StandInOptions } from '../stand-in/stand-in';
import scriptedBackends from './scripted_backends.py';

/** The modules of the runner that are about the job, not about running networks. */
const jobModules = new Set([
  'board_files',
  'processes',
  'job_files',
  'device_state',
  'power_sensors',
  'post_mortem',
  'supervisor',
  'start_job',
  'follow',
  'housekeeping',
]);

/** The runner with backends that do what a script says, so that a test has any fault at any moment. */
export const scriptedRunner: RunnerFile = withSum(
  joinModules([
    ...runnerModules.filter(({ name }) => jobModules.has(name)),
    { name: 'backends', text: scriptedBackends },
    ...runnerModules.filter(({ name }) => name === 'main'),
  ]),
);

function withSum(script: string): RunnerFile {
  return { script, sha256: createHash('sha256').update(script, 'utf8').digest('hex') };
}

/** What one stage of one model does; see scripted_backends.py. */
export interface StageScript {
  readonly seconds?: number;
  /** It goes on when this gate is opened. */
  readonly gate?: string;
  readonly output?: string;
  readonly floodMiB?: number;
  readonly child?: 'own-session' | 'same-session';
  readonly signal?: 'SIGKILL' | 'SIGSEGV';
  readonly exit?: number;
  readonly error?: { readonly code: string; readonly message: string };
  readonly trialTimesMs?: readonly number[];
  readonly changes?: Readonly<Record<string, unknown>>;
  readonly writeFails?: boolean;
}

export type Script = Readonly<Record<string, { readonly build?: StageScript; readonly time?: StageScript }>>;

/** A stand-in device whose runner is scripted, with one model file on this side. */
export interface ScriptedBoard {
  readonly standIn: StandIn;
  readonly destination: Destination;
  /** Folder with models on this machine. */
  readonly folder: string;
  /** Framecast's folder on the board. */
  readonly root: string;
  script(script: Script): Promise<void>;
  openGate(name: string): Promise<void>;
  model(name: string): Promise<string>;
  session(): Promise<BoardSession>;
  /** What jobs left running, followers included. */
  leftovers(): Promise<readonly Process[]>;
  jobFile(jobId: string, name: string): Promise<string>;
  stop(): Promise<void>;
}

export async function startScriptedBoard(options: StandInOptions = {}): Promise<ScriptedBoard> {
  const standIn = await startStandIn(options);
  const { server } = standIn;
  const folder = await mkdtemp(path.join(os.tmpdir(), 'framecast-job-'));
  const destination = valueOf(await resolveDestination('board', { configFile: server.configFile, home: server.home }));
  const root = path.join(server.home, '.cache/framecast');
  return {
    standIn,
    destination,
    folder,
    root,
    script: (script) => writeFile(path.join(server.home, 'script.json'), JSON.stringify(script)),
    openGate: (name) => writeFile(path.join(server.home, name), ''),
    model: async (name) => {
      const file = path.join(folder, name);
      const built = valueOf(referenceModel({ family: 'squeezenet', resolution: 64 }));
      await writeFile(file, Buffer.concat([...modelChunks(built, seedOf(name))].map((piece) => Buffer.from(piece))));
      return file;
    },
    session: async () => valueOf(await connect(destination, { prompts: noPrompts })),
    leftovers: async () => (await server.processes()).filter(({ program }) => !program.startsWith('sshd')),
    jobFile: (jobId, name) => readFile(path.join(root, 'jobs', jobId, name), 'utf8'),
    stop: async () => {
      await standIn.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Models of other names have other weights, so that each is sent. */
function seedOf(name: string): number {
  return createHash('sha256').update(name).digest().readUInt16LE(0);
}

/** Everything that one client of a benchmark has and sees. */
export interface Client {
  readonly context: BenchmarkContext;
  readonly events: BenchmarkEvent[];
  readonly landmarks: Landmark[];
  /** As it would lie on this machine's disk. */
  readonly openJobs: Map<string, string>;
  cancel(): void;
  leave(): void;
  /** Resolves when an event of this kind has come. */
  until(isIt: (event: BenchmarkEvent) => boolean): Promise<void>;
  log(): string;
}

export function newClient(changes: Partial<BenchmarkContext> = {}, openJobs = new Map<string, string>()): Client {
  const cancelling = new AbortController();
  const leaving = new AbortController();
  const events: BenchmarkEvent[] = [];
  const landmarks: Landmark[] = [];
  const context: BenchmarkContext = {
    prompts: noPrompts,
    signal: cancelling.signal,
    leave: leaving.signal,
    onEvent: (event) => void events.push(event),
    acceptWarnings: () => Promise.resolve(true),
    saveLandmark: (landmark): Promise<Result<void>> => {
      landmarks.push(landmark);
      return Promise.resolve(success(undefined));
    },
    pendingJobs: {
      save: async (job) => void openJobs.set(job.jobId, JSON.stringify(job)),
      forget: async (jobId) => void openJobs.delete(jobId),
    },
    now: () => new Date(),
    ...changes,
  };
  return {
    context,
    events,
    landmarks,
    openJobs,
    cancel: () => cancelling.abort(),
    leave: () => leaving.abort(),
    until: async (isIt) => {
      for (let waitedMs = 0; !events.some(isIt); waitedMs += 20) {
        if (waitedMs > 30_000) throw new Error(`It did not happen; what did: ${JSON.stringify(events).slice(-2000)}`);
        await sleep(20);
      }
    },
    log: () => events.map((event) => (event.kind === 'log' ? event.text : '')).join(''),
  };
}

/** Reconnects at once, so that tests take seconds. */
export const quick: BenchmarkOptions = {
  runner: scriptedRunner,
  retryPolicy: { delaysSeconds: [0.2, 0.4], giveUpSeconds: 20 },
  silenceMs: 5000,
};

export function requestOf(
  board: Pick<ScriptedBoard, 'destination'>,
  models: readonly string[],
  changes: Partial<BenchmarkRequest> = {},
): BenchmarkRequest {
  return {
    destination: board.destination,
    deviceLabel: 'desk board',
    runs: models.map((modelPath) => ({ modelPath, runtime: 'tensorrt-fp16', trials: 20 })),
    client: 'framecast test',
    whenBusy: 'wait',
    ...changes,
  };
}

export function measure(
  board: ScriptedBoard,
  client: Client,
  models: readonly string[],
  changes: Partial<BenchmarkRequest> = {},
): Promise<Result<BenchmarkOutcome>> {
  return runBenchmark(requestOf(board, models, changes), client.context, quick);
}

/** Goes on with the one job that was left, as after a restart of the client. */
export function resume(board: ScriptedBoard, client: Client): Promise<Result<BenchmarkOutcome>> {
  return resumeBenchmark(onlyOpenJob(client), board.destination, client.context, quick);
}

export function onlyOpenJob({ openJobs }: Pick<Client, 'openJobs'>): PendingJob {
  const jobs = [...openJobs.values()].map((text) => parsePendingJob(JSON.parse(text)));
  if (jobs.length !== 1 || jobs[0] === null || jobs[0] === undefined) throw new Error(`${jobs.length} open jobs`);
  return jobs[0];
}

/** Waits until nothing of the board's jobs runs any more, and gives what does after all. */
export async function orphansOf(board: ScriptedBoard): Promise<readonly Process[]> {
  for (let waitedMs = 0; waitedMs < 8000; waitedMs += 100) {
    if ((await board.leftovers()).length === 0) return [];
    await sleep(100);
  }
  return board.leftovers();
}

/** Kills everything on the board at once, as a restart of it does. */
export async function pullThePlug(board: ScriptedBoard): Promise<void> {
  const { server } = board.standIn;
  await server.kill();
  for (const { pid } of await processesWith('HOME', server.home)) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // It has ended meanwhile.
    }
  }
}
