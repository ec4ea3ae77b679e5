/** Messages between the extension and the page of all fits of a place; both sides check what they receive. */
import * as v from 'valibot';
import { chartExportMessages } from './chart-export';
import { list, runtimeSchema } from './prediction';

const positive = v.pipe(v.number(), v.finite(), v.gtValue(0));
const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));

const placeSchema = v.object({ device: v.string(), runtime: runtimeSchema, family: v.nullable(v.string()) });

const curveSchema = list(v.object({ parameters: positive, throughputFps: positive }));

const chartSchema = v.object({
  place: v.string(),
  resolution: positive,
  batch: positive,
  leftOut: count,
  families: list(
    v.object({
      family: v.string(),
      landmarks: list(
        v.object({ model: v.string(), campaign: v.string(), parameters: positive, throughputFps: positive }),
      ),
      fittedCampaign: v.nullable(v.string()),
      equation: v.nullable(v.string()),
      curve: curveSchema,
      reason: v.nullable(v.string()),
    }),
  ),
  naive: v.nullable(v.object({ landmarks: v.number(), equation: v.string(), curve: curveSchema })),
});

/** What is measured at the place and the fits through it; sent again whenever landmarks change. */
const fitMessage = v.object({
  type: v.literal('fit'),
  place: placeSchema,
  /** Every place with landmarks. */
  places: list(
    v.object({ device: v.string(), deviceName: v.string(), runtime: runtimeSchema, runtimeName: v.string() }),
  ),
  /** Null where nothing is measured at the place. */
  chart: v.nullable(chartSchema),
  /** What grouping by family gains; null where that cannot be said. */
  grouping: v.nullable(v.string()),
  /** Sentences on the fits and their errors. */
  report: list(v.string()),
});

const readyMessage = v.object({ type: v.literal('ready') });

/** The user wants another place or family. */
const chooseMessage = v.object({ type: v.literal('choose'), place: placeSchema });

const pageMessageSchema = v.variant('type', [readyMessage, chooseMessage, ...chartExportMessages]);

export type FitPlaceChoice = v.InferOutput<typeof placeSchema>;
export type FitMessage = v.InferOutput<typeof fitMessage>;
export type FitPageMessage = v.InferOutput<typeof pageMessageSchema>;

/** Checks a message from the extension; null when it is none of ours. */
export function parseFitMessage(data: unknown): FitMessage | null {
  const result = v.safeParse(fitMessage, data);
  return result.success ? result.output : null;
}

/** Checks a message from the page; null when it is none of ours. */
export function parseFitPageMessage(data: unknown): FitPageMessage | null {
  const result = v.safeParse(pageMessageSchema, data);
  return result.success ? result.output : null;
}

/** Checks the place that a page kept over a reload; null when there is none that is whole. */
export function parseFitPlace(data: unknown): FitPlaceChoice | null {
  const result = v.safeParse(v.object({ place: placeSchema }), data);
  return result.success ? result.output.place : null;
}
