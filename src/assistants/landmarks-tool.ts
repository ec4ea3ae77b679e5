import * as v from 'valibot';
import { formatFps } from '../core/figures';
import { deviceIds, deviceName } from '../core/landmarks/devices';
import { runtimeName, runtimes } from '../core/landmarks/landmark';
import type { LandmarkEntry } from '../core/landmarks/landmark-collection';
import { deviceOfName, runtimeOfName } from '../core/landmarks/typed-names';
import { failure, success } from '../core/result';
import { defineTool } from './tool';
import { fields } from './tool-input';

/** Landmarks that an answer lists where the question sets no limit, and at most. */
const [usualLimit, maxLimit] = [30, 200];

export const landmarksTool = defineTool({
  name: 'landmarks',
  title: 'List landmarks',
  description:
    'Lists landmarks: throughputs that were measured on NVIDIA Jetson boards, with their sources, published or the user’s own. Predictions are fitted to them. Use it to say what a prediction rests on or what has been measured.',
  input: v.object({
    device: fields.device,
    runtime: fields.runtime,
    family: v.optional(v.pipe(fields.name, v.description('Architecture family, e.g. ResNet.'))),
    origin: v.optional(
      v.pipe(v.picklist(['own', 'all']), v.description('own: measured or added by the user; all (default).')),
    ),
    limit: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(maxLimit))),
  }),
  run: async ({ device, runtime, family, origin = 'all', limit = usualLimit }, host) => {
    const loaded = await host.landmarks();
    if (!loaded.ok) return loaded;
    const { entries, estimators, remarks } = loaded.value;
    const board = device === undefined ? success(null) : deviceOfName(device, deviceIds(estimators.landmarks));
    if (!board.ok) return failure('invalid-request', board.error);
    const wanted = runtime === undefined ? success(null) : runtimeOfName(runtime);
    if (!wanted.ok) return failure('invalid-request', wanted.error);
    const found = entries.filter(
      (entry) =>
        (origin === 'all' || entry.origin !== 'bundled' || entry.ownIds.length > 0) &&
        (board.value === null || entry.landmark.device === board.value) &&
        (wanted.value === null || entry.landmark.runtime === wanted.value) &&
        (family === undefined || entry.landmark.family?.toLowerCase() === family.toLowerCase()),
    );
    // Those of the user first, as they are what is asked for most.
    const listed = [...found].sort((a, b) => Number(a.origin === 'bundled') - Number(b.origin === 'bundled'));
    const shown = listed.slice(0, limit);
    return success({
      data: {
        count: found.length,
        byBoard: countsOf(found),
        landmarks: shown.map(landmarkData),
        leftOut: found.length - shown.length,
        remarks,
      },
      text: [
        `${found.length} ${found.length === 1 ? 'landmark' : 'landmarks'}.`,
        ...countsOf(found).map(
          ({ device: id, runtime: of, count }) => `${deviceName(id)}, ${runtimeName(of)}: ${count}`,
        ),
        ...shown.map(landmarkLine),
        ...(found.length > shown.length ? [`${found.length - shown.length} more are not listed.`] : []),
        ...remarks,
      ].join('\n'),
    });
  },
});

function countsOf(entries: readonly LandmarkEntry[]) {
  const devices = [...new Set(entries.map(({ landmark }) => landmark.device))];
  return devices.flatMap((device) =>
    runtimes.flatMap((runtime) => {
      const count = entries.filter(({ landmark }) => landmark.device === device && landmark.runtime === runtime).length;
      return count === 0 ? [] : [{ device, runtime, count }];
    }),
  );
}

function landmarkData({ origin, isInFits, landmark }: LandmarkEntry): object {
  const { model, family, parameters, resolution, height, width, batch, throughputFps } = landmark;
  const { device, runtime, powerMode, campaign, source, comment } = landmark;
  return {
    model,
    family,
    parameters,
    resolution,
    height,
    width,
    batch,
    throughputFps,
    device,
    runtime,
    powerMode: powerMode ?? undefined,
    campaign,
    source,
    origin,
    isInFits,
    comment,
  };
}

function landmarkLine({ isInFits, landmark }: LandmarkEntry): string {
  const { model, device, runtime, throughputFps, source } = landmark;
  const out = isInFits ? '' : ', kept out of fits';
  return `${model} on ${deviceName(device)}, ${runtimeName(runtime)}: ${formatFps(throughputFps)} FPS (${source})${out}`;
}
