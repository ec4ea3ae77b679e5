import { t } from '../../core/language';
import { failure, success, type Result } from '../../core/result';
import type { BoardSession } from '../connection/session';
import type { UploadFile } from './upload-file';

/** What the board has of one file. */
export interface BoardFile {
  /** Absolute path on the board. */
  readonly path: string;
  /** Size and hash of the file under its own name; null if it is not there. */
  readonly whole: { readonly bytes: number; readonly sha256: string } | null;
  /** Size and hash of its `.part`. */
  readonly part: { readonly bytes: number; readonly sha256: string } | null;
  /** In the file's folder; null if the board does not say. */
  readonly freeBytes: number | null;
}

/** A login shell may print things of its own before the answer. */
const mark = 'framecast-files';

/**
 * POSIX shell, so that every board can run it. python3 hashes several times as fast as coreutils, which make no use of
 * the processor's instructions for it. A hash is of so many bytes as the size says: what was sent before a cancel may still
 * arrive while the file is read. Hashes are read from standard input, as names with backslashes change what
 * `sha256sum` prints otherwise.
 */
const shellFunctions = `
export LC_ALL=C
umask 077
size_of() { set -- $(wc -c < "$1"); printf %s "$1"; }
hash_of() {
  set -- "$1" "\${2-$(size_of "$1")}"
  set -- "$(python3 -I -c 'import hashlib,sys
h,n=hashlib.sha256(),int(sys.argv[1])
while n>0:
  b=sys.stdin.buffer.read(min(n,1<<20))
  if not b: break
  h.update(b); n-=len(b)
print(h.hexdigest())' "$2" < "$1" 2>/dev/null || head -c "$2" < "$1" | sha256sum)"
  printf %s "\${1%% *}"
}
`;

const describeScript = `${shellFunctions}
printf '\\n${mark}\\n'
cd -- "$HOME" || exit 3
for path do
  case $path in /*) ;; *) path=$HOME/$path ;; esac
  folder=\${path%/*}
  mkdir -p -- "$folder" || exit 4
  printf 'file %s\\n' "$(printf %s "$path" | od -An -v -tx1 | tr -d ' \\n')"
  for suffix in '' .part; do
    if [ -d "$path$suffix" ]; then echo "The path $path$suffix is a folder." >&2; exit 5; fi
    if [ -f "$path$suffix" ]; then
      bytes=$(size_of "$path$suffix" 2>/dev/null)
      hash=$(hash_of "$path$suffix" "\${bytes:-0}" 2>/dev/null)
      # Another client may have published or removed it meanwhile.
      if [ -n "$bytes" ] && [ -f "$path$suffix" ]; then printf 'has%s %s %s\\n' "$suffix" "$bytes" "$hash"; fi
    fi
  done
  set -- $(df -Pk -- "$folder" 2>/dev/null | tail -n 1)
  printf 'free %s\\n' "\${4:--}"
done
`;

/** Another client may send the same file at the same time and be first; what counts is what is there under the name. */
const publishScript = `${shellFunctions}
path=$1
part=$1.part
hash=
if [ -f "$part" ]; then hash=$(hash_of "$part" 2>/dev/null); fi
if [ "$hash" = "$2" ]; then
  if mv -f -- "$part" "$path"; then echo published; exit; fi
  if [ -e "$part" ]; then exit 6; fi
fi
if [ -f "$path" ] && [ "$(hash_of "$path")" = "$2" ]; then rm -f -- "$part"; echo published
elif [ -f "$part" ]; then rm -f -- "$part"; echo wrong
else echo missing; fi
`;

/**
 * Asks what the board has of some files, and makes their folders, for the owner alone.
 * Failure codes: those of `run`, unwritable (a folder cannot be made).
 */
export async function describeBoardFiles(
  session: BoardSession,
  files: readonly UploadFile[],
  signal: AbortSignal | undefined,
): Promise<Result<readonly BoardFile[]>> {
  const paths = files.map(({ remotePath }) => remotePath);
  const run = await session.run(['/bin/sh', '-c', describeScript, 'sh', ...paths], signal ? { signal } : {});
  if (!run.ok) return run;
  const { exitCode, stdout, stderr } = run.value;
  if (exitCode !== 0) {
    const reason = stderr.trim().split('\n').at(-1)?.slice(0, 300) || t('exit code {0}', exitCode ?? 'unknown');
    return failure(
      'unwritable',
      t('The board cannot make room for the files: {0}. Check the permissions of its ~/.cache.', reason),
    );
  }
  const described = parseDescription(stdout);
  return described?.length === files.length
    ? success(described)
    : failure(
        'board-misbehaves',
        t('The board’s answer about its files cannot be read. Check what its login shell prints when it starts.'),
      );
}

/** Compares the hash of a complete `.part` and gives it its name; a wrong one is removed. */
export async function publishBoardFile(
  session: BoardSession,
  path: string,
  sha256: string,
  signal: AbortSignal | undefined,
): Promise<Result<'published' | 'wrong' | 'missing'>> {
  const run = await session.run(['/bin/sh', '-c', publishScript, 'sh', path, sha256], signal ? { signal } : {});
  if (!run.ok) return run;
  const word = run.value.stdout.trim().split(/\s/).at(-1);
  return word === 'published' || word === 'wrong' || word === 'missing'
    ? success(word)
    : failure(
        'board-misbehaves',
        t('The board could not check {0}: {1}.', path, run.value.stderr.trim().slice(0, 300) || t('it gave no answer')),
      );
}

/** Null if it is not what the script prints. */
function parseDescription(text: string): BoardFile[] | null {
  const files: { -readonly [K in keyof BoardFile]: BoardFile[K] }[] = [];
  const lines = text.split('\n');
  const begin = lines.indexOf(mark);
  if (begin < 0) return null;
  for (const line of lines.slice(begin + 1)) {
    const [word, first = '', second = ''] = line.split(' ');
    const file = files.at(-1);
    if (word === 'file' && /^([0-9a-f]{2})+$/.test(first)) {
      files.push({ path: Buffer.from(first, 'hex').toString('utf8'), whole: null, part: null, freeBytes: null });
    } else if (file && (word === 'has' || word === 'has.part')) {
      if (!/^\d{1,15}$/.test(first) || !/^[0-9a-f]{64}$/.test(second)) return null;
      file[word === 'has' ? 'whole' : 'part'] = { bytes: Number(first), sha256: second };
    } else if (file && word === 'free') {
      file.freeBytes = /^\d{1,15}$/.test(first) ? Number(first) * 1024 : null;
    } else if (line !== '') {
      return null;
    }
  }
  return files;
}
