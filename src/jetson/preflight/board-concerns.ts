import { t } from '../../core/language';
import { formatMemory, threeFigures } from '../../core/figures';
import type { BoardReport } from '../probe/board-report';
import { error, warning, type Concern, type PlannedRun } from './concern';

/** Share of time above which the GPU is busy with something else: the clock of a desktop alone stays below. */
const busyLoad = 0.1;

/** °C from which a board has little room before it throttles (at 97 °C on Nano, 99 °C on Orin). */
const hot = 80;

/** Boards of less memory need swap to build engines. */
const smallMemoryBytes = 4.5e9;

/** What is true of a board whatever runs there. */
export function boardConcerns(report: BoardReport, runs: readonly PlannedRun[]): (Concern | null)[] {
  return [
    identity(report),
    python(report),
    runs.length === 0 ? tensorrt(report) : null,
    access(report),
    otherJob(report),
    busyGpu(report),
    clocks(report),
    powerMode(report),
    desktop(report),
    temperature(report),
    swap(report),
  ];
}

function identity({ device, standIn }: BoardReport): Concern | null {
  if (device !== null || standIn) return null;
  return error(
    'unknown-board',
    t(
      'The board does not say what it is: /proc/device-tree/model is missing. Its figures could not be filed under a device; check that this is a Jetson.',
    ),
  );
}

/** The runner is written for Python 3.6, which came with the oldest JetPack that it knows. */
function python({ software }: BoardReport): Concern | null {
  if (software.python === null) {
    return error(
      'no-python',
      t('The board has no python3, which runs the benchmark: `sudo apt install python3` there.'),
    );
  }
  const [major = 0, minor = 0] = software.python.split('.').map(Number);
  if (major > 3 || (major === 3 && minor >= 6)) return null;
  return error(
    'old-python',
    t("The board's python3 is {0}; the benchmark needs 3.6 or newer. Update JetPack.", software.python),
  );
}

/** PyTorch alone is enough for some runs, so then it is only something to know. */
function tensorrt(report: BoardReport): Concern | null {
  if (report.tensorrt.pythonModule !== null || report.tensorrt.trtexec !== null) return null;
  const concern = noTensorrt(report);
  return report.software.torch === null ? concern : { ...concern, severity: 'warning' };
}

export function noTensorrt({ tensorrt }: BoardReport): Concern {
  const why = tensorrt.pythonError === null ? '' : t(' Its python3 says: {0}.', tensorrt.pythonError);
  return error(
    'no-tensorrt',
    t(
      "The board has neither TensorRT's Python module nor trtexec (in /usr/src/tensorrt/bin, in /usr/bin or on PATH).{0} Install them there: `sudo apt install tensorrt python3-libnvinfer`.",
      why,
    ),
  );
}

function access({ gpuAccessible, gpuGroups, groups, user, standIn, software }: BoardReport): Concern | null {
  const name = user ?? '$USER';
  if (gpuAccessible === false) {
    const wanted = gpuGroups.length === 0 ? 'video' : gpuGroups.join(',');
    return error(
      'no-gpu-access',
      t('{0} may not use the GPU of the board: run `sudo usermod -aG {1} {0}` there and connect again.', name, wanted),
    );
  }
  const isMember = user === 'root' || groups.includes('video');
  if (gpuAccessible === true || isMember || standIn || software.l4t === null) return null;
  return warning(
    'not-in-video',
    t(
      '{0} is not in the group video, which the GPU belongs to: if the run fails, `sudo usermod -aG video {0}` on the board and connect again.',
      name,
    ),
  );
}

function otherJob({ framecast }: BoardReport): Concern | null {
  if (framecast.busy !== true) return null;
  return warning(
    'other-job',
    t('Another Framecast job is running on the board. `framecast jobs` lists what runs there.'),
  );
}

function busyGpu({ state, gpuUsers, framecast }: BoardReport): Concern | null {
  // A job of our own that is waited for has the GPU to itself.
  if (framecast.busy === true || state.gpuLoad === null || state.gpuLoad < busyLoad) return null;
  const users = gpuUsers.map(({ command, pid }) => `${command} (process ${pid})`).slice(0, 5);
  const by = users.length === 0 ? t('something that this user may not see') : users.join(', ');
  return warning(
    'gpu-busy',
    t(
      'The GPU is busy {0}% of the time with {1}: end it on the board, or the figures will be too low.',
      Math.round(100 * state.gpuLoad),
      by,
    ),
  );
}

function clocks({ clocksLocked }: BoardReport): Concern | null {
  if (clocksLocked !== false) return null;
  return warning(
    'clocks-not-locked',
    t('GPU clocks are not locked: run `sudo jetson_clocks` on the board for repeatable figures.'),
  );
}

/** A power mode is low where it holds the GPU below the highest frequency that its driver lists. */
function powerMode({ powerMode: mode, state, gpuHighestMHz }: BoardReport): Concern | null {
  const isCapped =
    state.gpuMaxMHz !== null && gpuHighestMHz !== null
      ? state.gpuMaxMHz < 0.99 * gpuHighestMHz
      : isLowByName(mode.name);
  if (!isCapped) return null;
  const name = mode.name === null ? t('The power mode') : t('Power mode {0}', mode.name);
  const cap =
    state.gpuMaxMHz !== null && gpuHighestMHz !== null
      ? t('holds the GPU at {0} of {1} MHz', threeFigures(state.gpuMaxMHz), threeFigures(gpuHighestMHz))
      : t('holds the GPU below its highest clock');
  const fullest = mode.modes.find((each) => /^MAXN/.test(each.name) && each.id !== mode.id);
  const remedy =
    fullest === undefined
      ? t('choose a faster one with `sudo nvpmodel -m`')
      : t('run `sudo nvpmodel -m {0}` ({1})', fullest.id, fullest.name);
  return warning(
    'low-power-mode',
    t('{0} {1}: {2} on the board, unless this mode is what you want to know.', name, cap, remedy),
  );
}

/** Where frequencies are not to be had: 5W and 7W modes exist on the small boards, below their MAXN or 10W to 25W. */
function isLowByName(name: string | null): boolean {
  return name !== null && /^(MODE_)?[57]W/.test(name);
}

function desktop({ headless, desktop: running }: BoardReport): Concern | null {
  if (headless !== false) return null;
  return warning(
    'desktop-running',
    t(
      'A desktop is running ({0}) and shares the GPU and the memory: run `sudo systemctl isolate multi-user.target` on the board for the time of the benchmark.',
      running.join(', '),
    ),
  );
}

function temperature({ state }: BoardReport): Concern | null {
  const zones = Object.entries(state.temperaturesC).sort(([, a], [, b]) => b - a);
  const [hottest] = zones;
  if (hottest === undefined || hottest[1] < hot) return null;
  return warning(
    'hot',
    t(
      'The board is hot: {0} is at {1} °C. Let it cool down or turn its fan up, or it may throttle during the run.',
      hottest[0],
      Math.round(hottest[1]),
    ),
  );
}

function swap({ memory }: BoardReport): Concern | null {
  const { totalBytes, swapTotalBytes } = memory;
  if (totalBytes === null || swapTotalBytes === null || totalBytes > smallMemoryBytes) return null;
  if (swapTotalBytes > 0) return null;
  return warning(
    'no-swap',
    t(
      'The board has {0} of memory and no swap: TensorRT may be killed while it builds the engine. Add some, e.g. `sudo fallocate -l 4G /swapfile && sudo chmod 600 /swapfile && sudo mkswap /swapfile && sudo swapon /swapfile` on the board.',
      formatMemory(totalBytes),
    ),
  );
}
