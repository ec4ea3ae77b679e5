import * as v from 'valibot';
import { backends, disturbances } from './measurement';

const number = (field: string) =>
  v.pipe(v.number(`"${field}" must be a number`), v.finite(`"${field}" must be finite`));

const notNegative = (field: string) => v.pipe(number(field), v.minValue(0, `"${field}" must not be negative`));

const text = (field: string) => v.string(`"${field}" must be text`);

const flag = (field: string) => v.nullable(v.boolean(`"${field}" must be true, false or null`));

const state = (name: string) =>
  v.object(
    {
      gpuMHz: v.nullable(number(`${name}.gpuMHz`)),
      gpuMinMHz: v.nullable(number(`${name}.gpuMinMHz`)),
      gpuMaxMHz: v.nullable(number(`${name}.gpuMaxMHz`)),
      cpuMHz: v.nullable(number(`${name}.cpuMHz`)),
      cpuMinMHz: v.nullable(number(`${name}.cpuMinMHz`)),
      cpuMaxMHz: v.nullable(number(`${name}.cpuMaxMHz`)),
      memoryMHz: v.optional(v.nullable(number(`${name}.memoryMHz`))),
      memoryMaxMHz: v.optional(v.nullable(number(`${name}.memoryMaxMHz`))),
      temperaturesC: v.record(v.string(), number(`${name}.temperaturesC`)),
      gpuLoad: v.nullable(number(`${name}.gpuLoad`)),
      availableBytes: v.nullable(number(`${name}.availableBytes`)),
      swapUsedBytes: v.nullable(number(`${name}.swapUsedBytes`)),
      swappedPages: v.nullable(number(`${name}.swappedPages`)),
      powerMode: v.nullable(text(`${name}.powerMode`)),
    },
    `"${name}" must be an object`,
  );

const version = (field: string) => v.nullable(text(`software.${field}`));

/** The form of a `Measurement` in a landmark file. */
export const measurementSchema = v.object(
  {
    jobId: text('measurement.jobId'),
    measuredAt: v.pipe(
      text('measurement.measuredAt'),
      v.check((time) => Number.isFinite(Date.parse(time)), '"measurement.measuredAt" must be a time in ISO 8601'),
    ),
    way: v.picklist(backends, `"measurement.way" must be one of ${backends.join(', ')}`),
    program: v.optional(text('measurement.program')),
    warmupRuns: notNegative('measurement.warmupRuns'),
    trialTimesMs: v.array(
      v.pipe(
        number('measurement.trialTimesMs'),
        v.gtValue(0, '"measurement.trialTimesMs" must hold times greater than 0'),
      ),
      '"measurement.trialTimesMs" must be a list of numbers',
    ),
    inputShapes: v.record(v.string(), v.array(number('measurement.inputShapes'))),
    modelSha256: text('measurement.modelSha256'),
    rewrites: v.optional(
      v.pipe(
        v.array(text('measurement.rewrites'), '"measurement.rewrites" must be a list of texts'),
        v.maxLength(64, '"measurement.rewrites" must have at most 64 entries'),
      ),
    ),
    workspaceMiB: v.nullable(number('measurement.workspaceMiB')),
    engine: v.nullable(
      v.object({
        cached: v.boolean('"measurement.engine.cached" must be true or false'),
        buildSeconds: v.nullable(number('measurement.engine.buildSeconds')),
        bytes: v.nullable(number('measurement.engine.bytes')),
      }),
    ),
    software: v.object({
      l4t: version('l4t'),
      jetpack: version('jetpack'),
      tensorrt: version('tensorrt'),
      cuda: version('cuda'),
      torch: version('torch'),
      python: version('python'),
    }),
    boardModel: v.nullable(text('measurement.boardModel')),
    clocksLocked: flag('measurement.clocksLocked'),
    headless: flag('measurement.headless'),
    before: state('measurement.before'),
    after: state('measurement.after'),
    disturbances: v.array(
      v.picklist(disturbances, `"measurement.disturbances" must be of ${disturbances.join(', ')}`),
      '"measurement.disturbances" must be a list',
    ),
    notes: v.optional(v.array(text('measurement.notes'), '"measurement.notes" must be a list of texts')),
    power: v.optional(
      v.object(
        {
          meanWatts: v.pipe(number('power.meanWatts'), v.gtValue(0, '"power.meanWatts" must be greater than 0')),
          samples: notNegative('power.samples'),
          rails: v.record(v.string(), notNegative('power.rails')),
        },
        '"power" must be an object',
      ),
    ),
    layers: v.optional(
      v.array(
        v.object({ name: text('layers.name'), meanMs: notNegative('layers.meanMs') }),
        '"measurement.layers" must be a list',
      ),
    ),
  },
  '"measurement" must be an object',
);
