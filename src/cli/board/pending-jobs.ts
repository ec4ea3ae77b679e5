import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { defaultLandmarksFile } from '../../files/landmarks';
import { parsePendingJob, type PendingJob } from '../../jetson/benchmark/pending-job';

/** A job on a board that is still to be collected, and the file that its landmarks go to. */
export interface RememberedJob {
  readonly job: PendingJob;
  readonly landmarksFile: string;
}

/** Jobs of this user's command lines that are not collected, one file each, next to the landmarks. */
export interface OpenJobs {
  save(job: PendingJob): Promise<void>;
  forget(jobId: string): Promise<void>;
  /** Newest first. Files that are no jobs are left out. */
  list(): Promise<readonly RememberedJob[]>;
}

/** @param landmarksFile where landmarks of jobs that are saved from now on go to, absolute */
export function createOpenJobs(landmarksFile: string, folder = defaultFolder()): OpenJobs {
  const fileOf = (jobId: string): string => path.join(folder, `${jobId}.json`);
  return {
    save: async (job) => {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      const part = `${fileOf(job.jobId)}.${process.pid}.part`;
      await writeFile(part, `${JSON.stringify({ landmarksFile, job })}\n`, { mode: 0o600, flush: true });
      await rename(part, fileOf(job.jobId));
    },
    forget: (jobId) => rm(fileOf(jobId), { force: true }),
    list: async () => {
      const names = await readdir(folder).catch(() => []);
      const files = names
        .filter((name) => name.endsWith('.json'))
        .sort()
        .reverse();
      const read = await Promise.all(files.map((name) => readRemembered(path.join(folder, name))));
      return read.flatMap((each) => each ?? []);
    },
  };
}

function defaultFolder(): string {
  return path.join(path.dirname(defaultLandmarksFile()), 'open-jobs');
}

async function readRemembered(file: string): Promise<RememberedJob | null> {
  try {
    const value = JSON.parse(await readFile(file, 'utf8')) as { job?: unknown; landmarksFile?: unknown };
    const job = parsePendingJob(value.job);
    return job === null || typeof value.landmarksFile !== 'string' ? null : { job, landmarksFile: value.landmarksFile };
  } catch {
    return null;
  }
}
