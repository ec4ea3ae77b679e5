import { t } from '../../core/language';
import { readFully } from '../../files/read-fully';
import { createHash } from 'node:crypto';
import { open, type FileHandle } from 'node:fs/promises';
import type { SFTPWrapper } from 'ssh2';
import { failure, success, type Result } from '../../core/result';
import type { BoardSession } from '../connection/session';
import type { UploadFile } from './upload-file';

/**
 * Together twice what OpenSSH takes for one channel before it must acknowledge (2 MiB), so that the link never waits.
 * Large pieces cost both sides less; ssh2 cuts them down for servers that take no more than 32 KiB.
 */
const pieceBytes = 128 * 1024;
const piecesInFlight = 32;
/** Read from the disk at once. */
const blockBytes = 8 * pieceBytes;

/** `remotePath`, absolute, is made if it is missing and never cut to nothing. */
export interface SendRequest extends Omit<UploadFile, 'sha256'> {
  /** Where to go on. */
  readonly offset: number;
  readonly signal: AbortSignal | undefined;
  /** Bytes that the board has written since the last call. */
  readonly onWritten: (bytes: number) => void;
}

/** `refused` carries what the board's SFTP server says when it cannot write. */
export type SendOutcome = { readonly kind: 'sent' } | { readonly kind: 'refused'; readonly reason: string };

/**
 * Writes a file's bytes from an offset on, in order, so that what a cut leaves behind is a beginning of the file.
 * Failure codes: unreadable (the local file), cancelled, those of a lost connection.
 */
export async function sendFile(session: BoardSession, request: SendRequest): Promise<Result<SendOutcome>> {
  const { localPath, bytes, remotePath, offset, signal } = request;
  const channel = await session.sftp();
  if (!channel.ok) return channel;
  const sftp = channel.value;
  let local: FileHandle;
  try {
    local = await open(localPath, 'r');
  } catch (error) {
    return failure(
      'unreadable',
      t('{0} can no longer be read: {1}.', localPath, (error as NodeJS.ErrnoException).code ?? '?'),
    );
  }
  // What waits for the board must not wait for a board that is gone.
  const stop = new AbortController();
  const lost = session.ended.then((why) => {
    stop.abort();
    return why ?? { code: 'disconnected' as const, message: t('The connection was closed during the upload.') };
  });
  const gone = channelEnd(sftp).then(() => stop.abort());
  void gone;
  const onAbort = (): void => stop.abort();
  signal?.addEventListener('abort', onAbort, { once: true });
  let handle: Buffer | null = null;
  try {
    const opened = await call<Buffer>(stop.signal, (done) => {
      sftp.open(remotePath, writeAndCreate, { mode: 0o600 }, done);
    });
    if (opened.kind === 'stopped') return await whyStopped();
    if (opened.kind === 'error') return success({ kind: 'refused', reason: opened.error.message });
    handle = opened.value;
    const outcome = await writeFrom({ sftp, handle, local, request, stop: stop.signal });
    if (outcome === 'stopped') return await whyStopped();
    if (outcome !== null) return outcome;
    // Cuts off what a longer file left behind its end; harmless otherwise.
    const target = handle;
    const sized = await call<void>(stop.signal, (done) => sftp.fsetstat(target, { size: bytes }, done));
    if (sized.kind === 'stopped') return await whyStopped();
    const closed = await call<void>(stop.signal, (done) => sftp.close(target, done));
    handle = null;
    if (closed.kind === 'stopped') return await whyStopped();
    return success(closed.kind === 'error' ? { kind: 'refused', reason: closed.error.message } : { kind: 'sent' });
  } finally {
    signal?.removeEventListener('abort', onAbort);
    await local.close();
    if (handle !== null) closeQuietly(sftp, handle);
  }

  async function whyStopped(): Promise<Result<never>> {
    if (signal?.aborted)
      return failure('cancelled', t('The upload was cancelled. It continues from here when it is started again.'));
    const end = await Promise.race([lost, new Promise<null>((resolve) => setTimeout(() => resolve(null), 1_000))]);
    return end === null
      ? failure(
          'disconnected',
          t('The board closed the file transfer at {0} of {1} bytes or later. Try again.', offset, bytes),
        )
      : { ok: false, error: end };
  }
}

/** SSH_FXF_WRITE and SSH_FXF_CREAT of the SFTP protocol, version 3: neither append nor truncate. */
const writeAndCreate = 0x02 | 0x08;

interface Writing {
  readonly sftp: SFTPWrapper;
  readonly handle: Buffer;
  readonly local: FileHandle;
  readonly request: SendRequest;
  readonly stop: AbortSignal;
}

/** Null when all is written. */
function writeFrom({ sftp, handle, local, request, stop }: Writing): Promise<'stopped' | Result<SendOutcome> | null> {
  const { localPath, bytes, offset, onWritten } = request;
  return new Promise((resolve) => {
    let position = offset;
    let inFlight = 0;
    let block: Buffer = Buffer.alloc(0);
    let blockStart = offset;
    let next: Promise<Buffer> | null = null;
    let filling = false;
    let settled = false;
    const settle = (outcome: 'stopped' | Result<SendOutcome> | null): void => {
      if (settled) return;
      settled = true;
      stop.removeEventListener('abort', onStop);
      resolve(outcome);
    };
    const onStop = (): void => settle('stopped');
    const blockAt = (from: number) => readFully(local, Buffer.allocUnsafe(Math.min(blockBytes, bytes - from)), from);
    if (stop.aborted) {
      settle('stopped');
      return;
    }
    stop.addEventListener('abort', onStop, { once: true });
    void fill();

    async function fill(): Promise<void> {
      if (filling) return;
      filling = true;
      try {
        while (!settled && position < bytes && inFlight < piecesInFlight) {
          if (position >= blockStart + block.length) {
            block = await (next ?? blockAt(position));
            blockStart = position;
            next = null;
            if (settled) return;
            if (block.length === 0) {
              settle(failure('unreadable', t('{0} became shorter during the upload. Try again.', localPath)));
              return;
            }
            if (position + block.length < bytes) {
              next = blockAt(position + block.length);
              // Nobody waits for it any more if the upload ends before; the file is closed under it then.
              next.catch(() => undefined);
            }
          }
          const start = position - blockStart;
          const length = Math.min(pieceBytes, block.length - start);
          inFlight++;
          const at = position;
          position += length;
          sftp.write(handle, block, start, length, at, (error) => {
            inFlight--;
            if (settled) return;
            if (error) {
              settle(success({ kind: 'refused', reason: error.message }));
              return;
            }
            onWritten(length);
            if (position < bytes) void fill();
            else if (inFlight === 0) settle(null);
          });
        }
        if (position >= bytes && inFlight === 0) settle(null);
      } catch (error) {
        settle(failure('unreadable', t('{0} can no longer be read: {1}.', localPath, (error as Error).message)));
      } finally {
        filling = false;
      }
    }
  });
}

/** Hashes the beginning of a local file. Null if it cannot be read to that length. */
export async function hashOfBeginning(
  localPath: string,
  bytes: number,
  signal: AbortSignal | undefined,
): Promise<string | null> {
  const hash = createHash('sha256');
  if (bytes === 0) return hash.digest('hex');
  let seen = 0;
  try {
    const handle = await open(localPath, 'r');
    // The stream closes the file.
    for await (const piece of handle.createReadStream({ start: 0, end: bytes - 1, highWaterMark: 1 << 20, signal })) {
      seen += (piece as Buffer).length;
      hash.update(piece as Buffer);
    }
  } catch {
    return null;
  }
  return seen === bytes ? hash.digest('hex') : null;
}

type Called<T> =
  | { readonly kind: 'value'; readonly value: T }
  | { readonly kind: 'error'; readonly error: Error }
  | { readonly kind: 'stopped' };

/** One request to the SFTP server, which may never answer. */
function call<T>(
  stop: AbortSignal,
  ask: (done: (error?: Error | null, value?: T) => void) => void,
): Promise<Called<T>> {
  return new Promise((resolve) => {
    if (stop.aborted) {
      resolve({ kind: 'stopped' });
      return;
    }
    const onStop = (): void => resolve({ kind: 'stopped' });
    stop.addEventListener('abort', onStop, { once: true });
    try {
      ask((error, value) => {
        stop.removeEventListener('abort', onStop);
        resolve(error ? { kind: 'error', error } : { kind: 'value', value: value as T });
      });
    } catch (error) {
      // ssh2 throws for an extension that the server does not have.
      stop.removeEventListener('abort', onStop);
      resolve({ kind: 'error', error: error as Error });
    }
  });
}

/** One pair of listeners for all files that go over a channel. */
const channelEnds = new WeakMap<SFTPWrapper, Promise<void>>();

function channelEnd(sftp: SFTPWrapper): Promise<void> {
  const known = channelEnds.get(sftp);
  if (known !== undefined) return known;
  const end = new Promise<void>((resolve) => {
    sftp.once('close', () => resolve());
    sftp.once('end', () => resolve());
  });
  channelEnds.set(sftp, end);
  return end;
}

function closeQuietly(sftp: SFTPWrapper, handle: Buffer): void {
  try {
    sftp.close(handle, () => undefined);
  } catch {
    // The channel is gone, and the handle with it.
  }
}
