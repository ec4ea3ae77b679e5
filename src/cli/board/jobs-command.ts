import { Command, Option } from 'commander';
import { formatBytes } from '../../core/figures';
import { defaultLandmarksFile } from '../../files/landmarks';
import { resumeBenchmark } from '../../jetson/benchmark/benchmark';
import { cancelJob, cleanBoard, listBoard, type BoardInventory, type BoardJob } from '../../jetson/job/board-jobs';
import { printOutcome } from './benchmark-command';
import { estimatorsOf, openBenchmarkSession, withStops, type Stops } from './benchmark-session';
import { addBoardOptions, boardDestination, printUnlessCancelled, onBoard, type BoardFlags } from './board-options';
import { colours } from '../colours';
import { exitCode } from '../exit-code';
import { createOpenJobs, type RememberedJob } from './pending-jobs';
import { printError, interruptibly, print } from '../streams';
import { jsonText, printable } from '../terminal';
import { textTable, type TextColumn } from '../text-table';

interface JobsFlags extends BoardFlags {
  readonly clean?: true;
  readonly withResults?: true;
  readonly cancel?: string;
  readonly resume?: string;
  readonly json?: true;
}

/** `framecast jobs`: what Framecast left on a board; `done` gets the exit code. */
export function jobsDefinition(done: (code: number) => void): Command {
  const others = (name: string): string[] => ['clean', 'cancel', 'resume'].filter((each) => each !== name);
  return addBoardOptions(
    new Command('jobs').description('list, collect, stop or remove the jobs and files of benchmarks on a board'),
  )
    .addOption(
      new Option('--resume <id>', 'follow a job that was left running, and collect its results').conflicts(
        others('resume'),
      ),
    )
    .addOption(new Option('--cancel <id>', 'stop a job and everything that it started').conflicts(others('cancel')))
    .addOption(
      new Option('--clean', 'remove models, engines and finished jobs; running jobs stay').conflicts(others('clean')),
    )
    .option('--with-results', 'with --clean: also jobs whose results have not been collected')
    .option('--json', 'print one JSON object')
    .addHelpText(
      'after',
      `
Without --resume, --cancel or --clean the jobs are listed. Only the machine that started a job can collect it.

Exit status:
  0  done; with --resume, everything was measured
  1  with --resume: something disturbed the measurement
  2  the board could not be asked, or there is no such job`,
    )
    .action(async (flags: JobsFlags) => {
      const { resume } = flags;
      done(
        resume === undefined
          ? await interruptibly((signal) => jobsCommand(flags, signal))
          : await withStops((stops) => resumeCommand(resume, flags, stops)),
      );
    });
}

async function jobsCommand(flags: JobsFlags, signal: AbortSignal): Promise<number> {
  const { cancel, json } = flags;
  const pendingJobs = createOpenJobs(defaultLandmarksFile());
  if (cancel !== undefined) {
    const state = await onBoard(flags, signal, (session) => cancelJob(session, cancel, { signal }));
    if (!state.ok) return printUnlessCancelled(state);
    if (state.value === null) return printError(`The board has no job ${cancel}. \`framecast jobs\` lists its jobs.`);
    await print(json ? JSON.stringify({ job: cancel, state: state.value }) : `Job ${cancel}: ${state.value}.`);
    return exitCode.fine;
  }
  if (flags.clean) {
    const includeUncollected = flags.withResults === true;
    const cleaned = await onBoard(flags, signal, (session) => cleanBoard(session, { includeUncollected }, { signal }));
    if (!cleaned.ok) return printUnlessCancelled(cleaned);
    for (const jobId of cleaned.value.removedJobs) await pendingJobs.forget(jobId);
    const { removedBytes, removedJobs, keptJobs } = cleaned.value;
    const kept =
      keptJobs.length === 0 ? '' : ` Kept because they are running or not collected: ${keptJobs.join(', ')}.`;
    const text = `Removed ${formatBytes(removedBytes)} and ${removedJobs.length} ${removedJobs.length === 1 ? 'job' : 'jobs'}.${kept}`;
    await print(json ? jsonText(cleaned.value) : text);
    return exitCode.fine;
  }
  const inventory = await onBoard(flags, signal, (session) => listBoard(session, { signal }));
  if (!inventory.ok) return printUnlessCancelled(inventory);
  const remembered = await pendingJobs.list();
  const isOurs = ({ jobId }: BoardJob): boolean => remembered.some(({ job }) => job.jobId === jobId);
  if (json) {
    const jobs = inventory.value.jobs.map((job) => ({ ...job, collectable: isOurs(job) }));
    await print(jsonText({ ...inventory.value, jobs }));
  } else {
    await print(inventoryText(inventory.value, isOurs).join('\n'));
  }
  return exitCode.fine;
}

function inventoryText(
  { jobs, modelBytes, engineBytes, totalBytes }: BoardInventory,
  isOurs: (job: BoardJob) => boolean,
) {
  const sizes = `${formatBytes(totalBytes)} on the board: ${formatBytes(modelBytes)} of models, ${formatBytes(engineBytes)} of engines.`;
  if (jobs.length === 0) return ['No jobs.', sizes];
  const columns: TextColumn<BoardJob>[] = [
    { title: 'Job', text: ({ jobId }) => jobId },
    { title: 'State', text: ({ state }) => state ?? 'never started' },
    { title: 'Results', alignRight: true, text: ({ results, runs }) => `${results} of ${runs}` },
    { title: 'Models', text: ({ models }) => printable(models.join(', ')) },
    { title: 'Asked for by', text: ({ client }) => printable(client) },
    { title: '', text: (job) => (isOurs(job) ? '--resume collects it' : '') },
  ];
  return [...textTable(columns, jobs), '', colours.dim(sizes)];
}

async function resumeCommand(jobId: string, flags: JobsFlags, stops: Stops): Promise<number> {
  const remembered = await rememberedJob(jobId);
  if (remembered === null) {
    return printError(
      `This machine does not know job ${jobId}, or has collected it. Where it was started from here, \`framecast jobs\` marks it.`,
    );
  }
  const destination = await boardDestination(flags);
  if (!destination.ok) return printError(destination.error.message);
  const { job, landmarksFile } = remembered;
  const session = openBenchmarkSession({ landmarks: landmarksFile, acceptWarnings: true }, stops);
  const before = await estimatorsOf(session.store);
  if (!before.ok) return printError(before.error.message);
  const outcome = await resumeBenchmark(job, destination.value, session.context);
  session.progress.clear();
  return await printOutcome(outcome, {
    session,
    before: before.value,
    output: flags.json ? 'json' : 'text',
    host: flags.host,
  });
}

async function rememberedJob(jobId: string): Promise<RememberedJob | null> {
  const jobs = await createOpenJobs(defaultLandmarksFile()).list();
  return jobs.find(({ job }) => job.jobId === jobId) ?? null;
}
