import * as v from 'valibot';
import { backends, disturbances } from './measurement';
import { t } from '../language';

const number = (field: string) =>
  v.pipe(
    v.number(() => t('"{0}" must be a number', field)),
    v.finite(() => t('"{0}" must be finite', field)),
  );

const notNegative = (field: string) =>
  v.pipe(
    number(field),
    v.minValue(0, () => t('"{0}" must not be negative', field)),
  );

const text = (field: string) => v.string(() => t('"{0}" must be text', field));

const flag = (field: string) => v.nullable(v.boolean(() => t('"{0}" must be true, false or null', field)));

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
    () => t('"{0}" must be an object', name),
  );

const version = (field: string) => v.nullable(text(`software.${field}`));

/** The form of a `Measurement` in a landmark file. */
export const measurementSchema = v.object(
  {
    jobId: text('measurement.jobId'),
    measuredAt: v.pipe(
      text('measurement.measuredAt'),
      v.check(
        (time) => Number.isFinite(Date.parse(time)),
        () => t('"{0}" must be a time in ISO 8601', 'measurement.measuredAt'),
      ),
    ),
    way: v.picklist(backends, () => t('"{0}" must be one of {1}', 'measurement.way', backends.join(', '))),
    program: v.optional(text('measurement.program')),
    warmupRuns: notNegative('measurement.warmupRuns'),
    trialTimesMs: v.array(
      v.pipe(
        number('measurement.trialTimesMs'),
        v.gtValue(0, () => t('"{0}" must hold times greater than 0', 'measurement.trialTimesMs')),
      ),
      () => t('"{0}" must be a list of numbers', 'measurement.trialTimesMs'),
    ),
    inputShapes: v.record(v.string(), v.array(number('measurement.inputShapes'))),
    modelSha256: text('measurement.modelSha256'),
    rewrites: v.optional(
      v.pipe(
        v.array(text('measurement.rewrites'), () => t('"{0}" must be a list of texts', 'measurement.rewrites')),
        v.maxLength(64, () => t('"{0}" must have at most {1} entries', 'measurement.rewrites', 64)),
      ),
    ),
    workspaceMiB: v.nullable(number('measurement.workspaceMiB')),
    engine: v.nullable(
      v.object({
        cached: v.boolean(() => t('"{0}" must be true or false', 'measurement.engine.cached')),
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
      v.picklist(disturbances, () => t('"{0}" must be of {1}', 'measurement.disturbances', disturbances.join(', '))),
      () => t('"{0}" must be a list', 'measurement.disturbances'),
    ),
    notes: v.optional(
      v.array(text('measurement.notes'), () => t('"{0}" must be a list of texts', 'measurement.notes')),
    ),
    power: v.optional(
      v.object(
        {
          meanWatts: v.pipe(
            number('power.meanWatts'),
            v.gtValue(0, () => t('"{0}" must be greater than 0', 'power.meanWatts')),
          ),
          samples: notNegative('power.samples'),
          rails: v.record(v.string(), notNegative('power.rails')),
        },
        () => t('"{0}" must be an object', 'power'),
      ),
    ),
    layers: v.optional(
      v.array(v.object({ name: text('layers.name'), meanMs: notNegative('layers.meanMs') }), () =>
        t('"{0}" must be a list', 'measurement.layers'),
      ),
    ),
  },
  () => t('"{0}" must be an object', 'measurement'),
);
