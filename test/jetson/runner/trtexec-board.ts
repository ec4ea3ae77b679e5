import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { makeBench, specRun, type RunnerBench } from './runner-bench';
import { bannerOf } from './trtexec-golden';

/** What the replayed trtexec does in one of its two uses. */
export interface Replay {
  readonly output?: string;
  readonly errors?: string;
  /** The file of --exportTimes. */
  readonly times?: string;
  /** The file of --exportProfile. */
  readonly profile?: string;
  readonly exitCode?: number;
  /** Shell commands that run first. */
  readonly first?: string;
}

/** A board without TensorRT's Python module, whose trtexec replays logs. */
export interface TrtexecBoard extends RunnerBench {
  readonly sysroot: string;
  replay(stage: 'build' | 'time', what: Replay): Promise<void>;
  /** Arguments of every call since the last one, `--help` left out. */
  calls(): Promise<string[][]>;
}

export async function makeTrtexecBoard(
  python: string,
  version: string,
  place = 'usr/src/tensorrt/bin',
): Promise<TrtexecBoard> {
  const sysroot = await mkdtemp(path.join(os.tmpdir(), "framecast sys'root-"));
  const bench = await makeBench(python, { FRAMECAST_SYSROOT: sysroot, PYTHONPATH: sysroot });
  const folder = path.join(sysroot, place);
  await mkdir(folder, { recursive: true });
  const libraries = path.join(sysroot, 'usr/lib/aarch64-linux-gnu');
  await mkdir(libraries, { recursive: true });
  await writeFile(path.join(libraries, `libnvinfer.so.${version}`), '');
  const title = `&&&& RUNNING TensorRT.trtexec${bannerOf(version)} # trtexec --help`;
  const script = `#!/bin/bash
here=$(dirname "$0")
if [ "$1" = --help ]; then echo '${title}'; exit 0; fi
printf '%s\\0' "$@" '' >> "$here/calls"
stage=time
for argument in "$@"; do
  case "$argument" in
    --saveEngine=*) stage=build; engine=\${argument#*=} ;;
    --exportTimes=*) times=\${argument#*=} ;;
    --exportProfile=*) profile=\${argument#*=} ;;
  esac
done
[ -e "$here/$stage.first" ] && . "$here/$stage.first"
[ -e "$here/$stage.output" ] && cat "$here/$stage.output"
[ -e "$here/$stage.errors" ] && cat "$here/$stage.errors" >&2
[ -e "$here/$stage.times" ] && [ -n "$times" ] && cat "$here/$stage.times" > "$times"
[ -e "$here/$stage.profile" ] && [ -n "$profile" ] && cat "$here/$stage.profile" > "$profile"
code=$(cat "$here/$stage.exit" 2> /dev/null || echo 0)
[ "$code" = 0 ] && [ $stage = build ] && echo engine > "$engine"
exit "$code"
`;
  await writeFile(path.join(folder, 'trtexec'), script);
  await chmod(path.join(folder, 'trtexec'), 0o755);
  await writeFile(path.join(bench.root, specRun().model.path), 'model');
  return {
    ...bench,
    sysroot,
    replay: async (stage, { output, errors, times, profile, exitCode, first }) => {
      const files = {
        output,
        errors,
        times,
        profile,
        first,
        exit: exitCode === undefined ? undefined : String(exitCode),
      };
      for (const [name, text] of Object.entries(files)) {
        const file = path.join(folder, `${stage}.${name}`);
        await (text === undefined ? rm(file, { force: true }) : writeFile(file, text));
      }
    },
    calls: async () => {
      const file = path.join(folder, 'calls');
      const text = await readFile(file, 'utf8').catch(() => '');
      await rm(file, { force: true });
      const calls = text.split('\0\0').filter((call) => call !== '');
      return calls.map((call) => call.split('\0'));
    },
    remove: async () => {
      await bench.remove();
      await rm(sysroot, { recursive: true, force: true });
    },
  };
}
