import { t } from '../../core/language';
import { failure, success, type Result } from '../../core/result';
import type { BoardSession } from '../connection/session';
import { describeBoardFiles, publishBoardFile, type BoardFile } from './board-files';
import { hashOfBeginning, sendFile } from './send-file';
import { transferRate } from './transfer-rate';
import type { UploadFile } from './upload-file';

export interface UploadProgress {
  /** On the board, sent now or before. */
  readonly doneBytes: number;
  readonly totalBytes: number;
  /** Of what is sent now, over the last seconds. */
  readonly bytesPerSecond: number;
  /** Of the file on its way. */
  readonly fileName: string;
  /** Of `doneBytes`, what was there already. */
  readonly skippedBytes: number;
}

export interface UploadOptions {
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: UploadProgress) => void;
}

export interface UploadOutcome {
  /** Sent over the link this time. */
  readonly sentBytes: number;
  /** There already: whole files, and the beginnings of those that went on. */
  readonly skippedBytes: number;
  readonly elapsedMs: number;
  /** Where each file is on the board, in the order given; absolute. */
  readonly paths: readonly string[];
}

const progressEveryMs = 100;
/** Free space that must remain after the upload: a disk filled to its end breaks other programs. */
const reserveBytes = 8 * 2 ** 20;

/**
 * Brings files to the board: what is there with the right hash is not sent, what is there in part goes on where it
 * stopped. Each file gets its name when all of it has arrived and its hash is right; until then it has `.part` behind
 * it, which a cut or a cancellation leaves for the next time.
 *
 * Failure codes: cancelled, disconnected, disk-full, checksum (the wrong file is removed), unwritable (on the board),
 * unreadable (here), board-misbehaves.
 */
export async function uploadFiles(
  session: BoardSession,
  files: readonly UploadFile[],
  { signal, onProgress }: UploadOptions = {},
): Promise<Result<UploadOutcome>> {
  const begin = performance.now();
  const described = await describeBoardFiles(session, files, signal);
  if (!described.ok) return described;
  const plans: Plan[] = [];
  for (const [index, file] of files.entries()) {
    const there = described.value[index];
    if (!there) continue;
    // Two models may share a file; the first one brings it.
    const twin = plans.some(({ path, file: { sha256 } }) => path === there.path && sha256 === file.sha256);
    plans.push({ file, path: there.path, there, offset: twin ? 'whole' : await beginningThere(file, there, signal) });
  }
  if (signal?.aborted) return failure('cancelled', t('The upload was cancelled before it began.'));
  const room = checkRoom(plans);
  if (room !== null) return room;

  const progress = progressOf(plans, onProgress);
  for (const plan of plans) {
    progress.show(plan.file, true);
    if (plan.offset === 'whole') continue;
    const sent = await deliver(session, plan, { signal, onWritten: (bytes) => progress.add(bytes, plan.file) });
    if (!sent.ok) return sent;
  }
  const last = plans.at(-1);
  if (last) progress.show(last.file, true);
  return success({
    sentBytes: progress.sentBytes(),
    skippedBytes: skippedBytesOf(plans),
    elapsedMs: performance.now() - begin,
    paths: plans.map(({ path }) => path),
  });
}

interface Plan {
  readonly file: UploadFile;
  /** Absolute, on the board. */
  readonly path: string;
  readonly there: BoardFile;
  /** How many bytes of it need not be sent; `whole`: it has its name already. */
  readonly offset: number | 'whole';
}

/** Only a beginning with the right hash is continued; anything else is written again from the start. */
async function beginningThere(
  file: UploadFile,
  { whole, part }: BoardFile,
  signal: AbortSignal | undefined,
): Promise<number | 'whole'> {
  if (whole !== null && whole.bytes === file.bytes && whole.sha256 === file.sha256) return 'whole';
  if (part === null || part.bytes > file.bytes) return 0;
  const own = await hashOfBeginning(file.localPath, part.bytes, signal);
  return own === part.sha256 ? part.bytes : 0;
}

function checkRoom(plans: readonly Plan[]): Result<never> | null {
  const needed = plans.reduce((sum, { file, offset, there }) => {
    if (offset === 'whole') return sum;
    return sum + Math.max(0, file.bytes - (there.part?.bytes ?? 0));
  }, 0);
  const free = Math.min(...plans.map(({ there }) => there.freeBytes ?? Infinity));
  return needed > 0 && needed + reserveBytes > free ? diskFull(free, needed) : null;
}

function diskFull(freeBytes: number, neededBytes: number): Result<never> {
  return failure(
    'disk-full',
    t(
      'The board’s disk is full: {0} are free, and {1} are still to be sent, with {2} to spare. Delete something there, or clean up after earlier benchmarks.',
      inMebibytes(freeBytes),
      inMebibytes(neededBytes),
      inMebibytes(reserveBytes),
    ),
  );
}

function inMebibytes(bytes: number): string {
  return bytes < 10 * 2 ** 20 ? `${(bytes / 2 ** 20).toFixed(1)} MiB` : `${Math.round(bytes / 2 ** 20)} MiB`;
}

interface Delivery {
  readonly signal: AbortSignal | undefined;
  readonly onWritten: (bytes: number) => void;
}

/** Sends, checks and names one file. */
async function deliver(session: BoardSession, plan: Plan, { signal, onWritten }: Delivery): Promise<Result<void>> {
  const { file, path } = plan;
  const offset = plan.offset === 'whole' ? file.bytes : plan.offset;
  const { localPath, bytes, sha256 } = file;
  const sent = await sendFile(session, { localPath, bytes, remotePath: `${path}.part`, offset, signal, onWritten });
  if (!sent.ok) return sent;
  if (sent.value.kind === 'refused') return whyRefused(session, plan, sent.value.reason, signal);
  const published = await publishBoardFile(session, path, sha256, signal);
  if (!published.ok) return published;
  switch (published.value) {
    case 'published':
      return success(undefined);
    case 'wrong':
      return failure(
        'checksum',
        t(
          '{0} was damaged on its way; the copy on the board was removed. If the file did not change meanwhile, check the board’s disk and memory. Then try again.',
          localPath,
        ),
      );
    case 'missing':
      return failure('board-misbehaves', t('{0}.part disappeared from the board during the upload. Try again.', path));
  }
}

/** SFTP has no word for a full disk: its servers say “Failure”, and the free space says why. */
async function whyRefused(
  session: BoardSession,
  { file, path }: Plan,
  reason: string,
  signal: AbortSignal | undefined,
): Promise<Result<never>> {
  const now = await describeBoardFiles(session, [file], signal);
  if (!now.ok) return now;
  const there = now.value[0];
  const missing = file.bytes - (there?.part?.bytes ?? 0);
  if (there?.freeBytes != null && there.freeBytes < missing + reserveBytes) return diskFull(there.freeBytes, missing);
  return failure(
    'unwritable',
    t(
      'The board cannot write {0}.part ({1}). Check the permissions, the quota and the state of its disk.',
      path,
      reason,
    ),
  );
}

function skippedBytesOf(plans: readonly Plan[]): number {
  return plans.reduce((sum, { file, offset }) => sum + (offset === 'whole' ? file.bytes : offset), 0);
}

function progressOf(plans: readonly Plan[], onProgress: UploadOptions['onProgress']) {
  const totalBytes = plans.reduce((sum, { file }) => sum + file.bytes, 0);
  const skippedBytes = skippedBytesOf(plans);
  const rate = transferRate();
  let sentBytes = 0;
  let shownAt = -Infinity;
  const show = (file: UploadFile, always: boolean): void => {
    const now = performance.now();
    if (!onProgress || (!always && now - shownAt < progressEveryMs)) return;
    shownAt = now;
    const doneBytes = skippedBytes + sentBytes;
    const fileName = file.localPath.split(/[/\\]/).at(-1) ?? file.localPath;
    onProgress({ doneBytes, totalBytes, bytesPerSecond: rate.bytesPerSecond(), fileName, skippedBytes });
  };
  return {
    show,
    add: (bytes: number, file: UploadFile): void => {
      sentBytes += bytes;
      rate.add(bytes);
      show(file, false);
    },
    sentBytes: () => sentBytes,
  };
}
