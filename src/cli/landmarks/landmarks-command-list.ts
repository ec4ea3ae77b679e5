import type { Landmark, Runtime } from '../../core/landmarks/landmark';
import {
  deviceIds,
  deviceName,
  findMode,
  gpuClockOf,
  isClockOf,
  modeOfLandmark,
  modesOf,
} from '../../core/landmarks/devices';
import { deviceOfName } from '../../core/landmarks/typed-names';
import { success } from '../../core/result';
import type { Measurement } from '../../core/landmarks/measurement';
import { runtimeName } from '../../core/landmarks/landmark';
import type { LandmarkEntry } from '../../core/landmarks/landmark-collection';
import { formatCount, formatFps, formatWatts, inputSizeText } from '../../core/figures';
import { derivedLandmarkId } from '../../files/landmarks';
import { colours } from '../colours';
import { exitCode } from '../exit-code';
import { loadLandmarks } from './own-landmarks';
import { fewSentences, print, printError, warnOfAll } from '../streams';
import { jsonText, printable } from '../terminal';
import { textTable, type TextColumn } from '../text-table';

/** Options that all commands on landmarks have. */
export interface LandmarksFlags {
  readonly landmarks?: string;
  readonly json?: true;
}

interface ListFlags extends LandmarksFlags {
  readonly all?: true;
  readonly device?: string;
  readonly runtime?: Runtime;
  readonly family?: string;
}

/** Prints landmarks by device and runtime, in the order in which they were measured; returns the exit code. */
export async function listLandmarks(flags: ListFlags): Promise<number> {
  const loaded = await loadLandmarks(flags.landmarks);
  if (!loaded.ok) return printError(loaded.error.message);
  const { file, entries, landmarks, problems, remarks } = loaded.value;
  const device = flags.device === undefined ? success(undefined) : deviceOfName(flags.device, deviceIds(landmarks));
  if (!device.ok) return printError(device.error);
  const listed = entries.filter(
    (entry) =>
      (flags.all || entry.origin !== 'bundled' || entry.ownIds.length > 0) &&
      (device.value === undefined || entry.landmark.device === device.value) &&
      (flags.runtime === undefined || entry.landmark.runtime === flags.runtime) &&
      (flags.family === undefined || entry.landmark.family?.toLowerCase() === flags.family.toLowerCase()),
  );
  await print(flags.json ? listJson(file, listed, problems, remarks) : listForPeople(file, listed));
  warnOfAll(problems);
  warnOfAll(remarks);
  return problems.length > 0 ? exitCode.unreadable : exitCode.fine;
}

/** What a landmark is called on the command line. */
export function entryId(entry: LandmarkEntry): string {
  return entry.ownIds[0] ?? derivedLandmarkId(entry.landmark);
}

/** An entry as `--json` prints it. */
export function entryJson(entry: LandmarkEntry): object {
  const { origin, file, line, isInFits, landmark } = entry;
  const { kernels, ...rest } = landmark;
  return { id: entryId(entry), origin, file, line, isInFits, ...rest, hasKernels: kernels !== undefined };
}

function listJson(
  file: string,
  entries: readonly LandmarkEntry[],
  problems: readonly string[],
  remarks: readonly string[],
): string {
  return jsonText({
    file,
    landmarks: entries.map(entryJson),
    problems: fewSentences(problems),
    remarks: fewSentences(remarks),
  });
}

function listForPeople(file: string, entries: readonly LandmarkEntry[]): string {
  if (entries.length === 0)
    return printable(`No landmarks of your own in ${file}. Add one with framecast landmarks add.`);
  const bySetup = new Map<string, LandmarkEntry[]>();
  for (const entry of entries) {
    const { device, runtime } = entry.landmark;
    const setup = `${deviceName(device)}, ${runtimeName(runtime)}`;
    const there = bySetup.get(setup);
    if (there === undefined) bySetup.set(setup, [entry]);
    else there.push(entry);
  }
  const tables = [...bySetup].map(([setup, there]) =>
    [colours.bold(printable(setup)), ...textTable(columns, there)].join('\n'),
  );
  return tables.join('\n\n');
}

const text = (title: string, of: (landmark: Landmark) => string): TextColumn<LandmarkEntry> => ({
  title,

  text: ({ landmark }) => printable(of(landmark)),
});

const columns: readonly TextColumn<LandmarkEntry>[] = [
  { title: 'Id', text: (entry) => printable(entryId(entry)) },
  text('Model', ({ model }) => model),
  text('Family', ({ family }) => family ?? '–'),
  { ...text('Parameters', ({ parameters }) => formatCount(parameters)), alignRight: true },
  text('Input', (landmark) => {
    const { resolution, height, batch } = landmark;
    const size = height === undefined ? `${resolution}²` : inputSizeText(landmark);
    return batch === 1 ? size : `${batch} × ${size}`;
  }),
  { ...text('FPS', ({ throughputFps }) => `${formatFps(throughputFps)} FPS`), alignRight: true },
  text('Mode', modeText),
  { ...text('Power', ({ measurement }) => powerText(measurement)), alignRight: true },
  text('Campaign', ({ campaign }) => campaign),
  {
    title: 'In fits',

    text: ({ isInFits, landmark }) => (isInFits ? 'yes' : `no: ${whyNot(landmark)}`),
    colour: ({ isInFits }) => (isInFits ? (plain) => plain : colours.yellow),
  },
  text('Comment', ({ comment }) => comment ?? ''),
];

/** The power mode; `?` on a board that has several where a landmark says neither its mode nor its clock. */
function modeText(landmark: Landmark): string {
  const { device, powerMode = landmark.measurement?.before.powerMode } = landmark;
  if (modesOf(device).length < 2) return '';
  if (powerMode) return powerMode;
  const clock = gpuClockOf(landmark);
  if (clock === null) return '?';
  const mode = findMode(device, modeOfLandmark(landmark).powerMode)!;
  return isClockOf(mode, clock) ? mode.name : `${Math.round(clock)} MHz`;
}

function powerText(measurement: Measurement | undefined): string {
  return measurement?.power === undefined ? '' : formatWatts(measurement.power.meanWatts);
}

function whyNot({ verdict, measurement }: Landmark): string {
  return verdict ?? measurement?.disturbances.join(', ') ?? '';
}
