import * as v from 'valibot';
import { backends, disturbances } from './backends';
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
      /** Current, lowest and highest allowed frequency of the GPU in MHz. */
      gpuMHz: v.nullable(number(`${name}.gpuMHz`)),
      gpuMinMHz: v.nullable(number(`${name}.gpuMinMHz`)),
      gpuMaxMHz: v.nullable(number(`${name}.gpuMaxMHz`)),
      /** The same of the fastest CPU core. */
      cpuMHz: v.nullable(number(`${name}.cpuMHz`)),
      cpuMinMHz: v.nullable(number(`${name}.cpuMinMHz`)),
      cpuMaxMHz: v.nullable(number(`${name}.cpuMaxMHz`)),
      /** Current and highest allowed frequency of the memory in MHz; absent in records that were made before it was read. */
      memoryMHz: v.optional(v.nullable(number(`${name}.memoryMHz`))),
      memoryMaxMHz: v.optional(v.nullable(number(`${name}.memoryMaxMHz`))),
      /** Thermal zones by their type, in °C; constant placeholders such as `PMIC-Die` are left out. */
      temperaturesC: v.record(v.string(), number(`${name}.temperaturesC`)),
      /** Share of time in which the GPU was busy, 0 to 1. */
      gpuLoad: v.nullable(number(`${name}.gpuLoad`)),
      /** Memory that can be had without swapping, and what is swapped out, in bytes. */
      availableBytes: v.nullable(number(`${name}.availableBytes`)),
      swapUsedBytes: v.nullable(number(`${name}.swapUsedBytes`)),
      /** Pages swapped in and out since the board started. */
      swappedPages: v.nullable(number(`${name}.swappedPages`)),
      /** `nvpmodel`'s name of the power mode, e.g. `MAXN`. */
      powerMode: v.nullable(text(`${name}.powerMode`)),
    },
    () => t('"{0}" must be an object', name),
  );

const version = (field: string) => v.nullable(text(`software.${field}`));

/** The form of a `Measurement` in a landmark file. */
export const measurementSchema = v.object(
  {
    /** The job on the board that it comes from. */
    jobId: text('measurement.jobId'),
    /** When the job ended, by the clock of the machine that asked for it: ISO 8601, UTC. */
    measuredAt: v.pipe(
      text('measurement.measuredAt'),
      v.check(
        (time) => Number.isFinite(Date.parse(time)),
        () => t('"{0}" must be a time in ISO 8601', 'measurement.measuredAt'),
      ),
    ),
    way: v.picklist(backends, () => t('"{0}" must be one of {1}', 'measurement.way', backends.join(', '))),
    /** Path of trtexec on the board, where that timed the network. */
    program: v.optional(text('measurement.program')),
    warmupRuns: notNegative('measurement.warmupRuns'),
    /** Time of every trial in milliseconds, in the order in which they ran; one trial is one batch. */
    trialTimesMs: v.array(
      v.pipe(
        number('measurement.trialTimesMs'),
        v.gtValue(0, () => t('"{0}" must hold times greater than 0', 'measurement.trialTimesMs')),
      ),
      () => t('"{0}" must be a list of numbers', 'measurement.trialTimesMs'),
    ),
    /** Dims of every input by its name. */
    inputShapes: v.record(v.string(), v.array(number('measurement.inputShapes'))),
    /** Of the user's own file, also where a rewritten one was measured. */
    modelSha256: text('measurement.modelSha256'),
    /** What Framecast did to the model before it was measured, a phrase each; absent where it was measured as it is. */
    rewrites: v.optional(
      v.pipe(
        v.array(text('measurement.rewrites'), () => t('"{0}" must be a list of texts', 'measurement.rewrites')),
        v.maxLength(64, () => t('"{0}" must have at most {1} entries', 'measurement.rewrites', 64)),
      ),
    ),
    workspaceMiB: v.nullable(number('measurement.workspaceMiB')),
    engine: v.nullable(
      v.object({
        /** Whether an engine of an earlier job was used. */
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
    /** As the board names itself, e.g. `NVIDIA Jetson Nano Developer Kit`. */
    boardModel: v.nullable(text('measurement.boardModel')),
    /** Whether the clocks were fixed (`jetson_clocks`); null where that cannot be told. */
    clocksLocked: flag('measurement.clocksLocked'),
    /** Whether no desktop was running. */
    headless: flag('measurement.headless'),
    before: state('measurement.before'),
    after: state('measurement.after'),
    disturbances: v.array(
      v.picklist(disturbances, () => t('"{0}" must be of {1}', 'measurement.disturbances', disturbances.join(', '))),
      () => t('"{0}" must be a list', 'measurement.disturbances'),
    ),
    /** What there is to know about the run, in sentences: e.g. that an INT8 figure is for timing alone. */
    notes: v.optional(
      v.array(text('measurement.notes'), () => t('"{0}" must be a list of texts', 'measurement.notes')),
    ),
    /** Absent where the board's sensors cannot be read, or the run was too short for them. */
    power: v.optional(
      v.object(
        {
          /** Of the whole board: its input rail where it has a sensor there, else the sum of all rails. */
          meanWatts: v.pipe(
            number('power.meanWatts'),
            v.gtValue(0, () => t('"{0}" must be greater than 0', 'power.meanWatts')),
          ),
          samples: notNegative('power.samples'),
          /** Mean of every rail that has a sensor, by the board's name of it. */
          rails: v.record(v.string(), notNegative('power.rails')),
        },
        () => t('"{0}" must be an object', 'power'),
      ),
    ),
    /** In the order of the engine; absent where they were not asked for. Their sum is more than a trial takes. */
    layers: v.optional(
      v.array(v.object({ name: text('layers.name'), meanMs: notNegative('layers.meanMs') }), () =>
        t('"{0}" must be a list', 'measurement.layers'),
      ),
    ),
  },
  () => t('"{0}" must be an object', 'measurement'),
);
