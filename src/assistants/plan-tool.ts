import * as v from 'valibot';
import type { Plan, Trial } from '../core/plan/plan';
import { planFamily } from '../core/plan/plan-family';
import { planResolution, resolutionsToTry } from '../core/plan/plan-resolution';
import type { PlanProgress } from '../core/plan/try-candidates';
import { deploymentText } from '../core/present/sentences';
import { planView } from '../core/present/plan-view';
import { failure, success, type Result } from '../core/result';
import { zooFamilies } from '../core/zoo/families';
import { findZooFamily } from '../core/zoo/reference-model';
import { defineTool, type ToolHost } from './tool';
import { fields, openQuestion, type Asking } from './tool-input';

const input = v.object({
  model: v.optional(
    v.pipe(fields.path, v.description('ONNX file whose highest input size is wanted; or name a family.')),
  ),
  family: v.optional(
    v.pipe(
      fields.name,
      v.description(`Family whose largest member is wanted: ${zooFamilies.map(({ name }) => name).join(', ')}.`),
    ),
  ),
  targetFps: fields.targetFps,
  device: fields.device,
  runtime: fields.runtime,
  powerMode: fields.powerMode,
  resolution: fields.resolution,
  batch: fields.batch,
  step: v.optional(
    v.pipe(fields.side, v.description('With a model: sizes to try are multiples of this; by default 32.')),
  ),
  largest: v.optional(
    v.pipe(fields.side, v.description('With a model: longest side to try in pixels; by default 2048.')),
  ),
});

type Input = v.InferOutput<typeof input>;

export const planTool = defineTool({
  name: 'plan',
  title: 'Plan a network for a target',
  description:
    'The inverse question: the largest member of an architecture family, or the highest input size of an ONNX model, that still reaches a frame rate on an NVIDIA Jetson. Use it when a model is too slow, or before one is trained.',
  input,
  run: async (asked, host, { signal, report }) => {
    const asking = await openQuestion(asked, host);
    if (!asking.ok) return asking;
    const planned = await planOf(asked, asking.value, host, {
      signal,
      onCandidate: async (done, total, label) => {
        report(`${done} of ${total}: ${label}`);
        await new Promise((resolve) => setTimeout(resolve, 0));
      },
    });
    if (!planned.ok) return planned;
    const plan = planned.value;
    const { query, remarks } = asking.value;
    const family = asked.family === undefined ? null : (findZooFamily(asked.family)?.name ?? asked.family);
    const view = planView(plan, family === null ? { kind: 'resolution' } : { kind: 'family', family });
    return success({
      data: {
        device: query.device,
        runtime: query.runtime,
        powerMode: query.powerMode ?? null,
        targetFps: plan.targetFps,
        outcome: plan.outcome,
        answer: trialData(plan.answer),
        lowEndMeets: plan.lowEndMeets,
        sure: trialData(plan.sure),
        next: trialData(plan.next),
        closest: trialData(plan.closest),
        tried: plan.trials.length,
        notes: view.notes,
        remarks,
      },
      text: [
        `${deploymentText(query)}: ${view.headline}.`,
        ...view.facts.map(([name, value]) => `${name}: ${value}`),
        ...view.notes,
        ...remarks,
      ].join('\n'),
    });
  },
});

async function planOf(
  { model, family, targetFps, step, largest }: Input,
  { query, estimators }: Asking,
  host: ToolHost,
  progress: PlanProgress & { readonly signal: AbortSignal },
): Promise<Result<Plan>> {
  if ((model === undefined) === (family === undefined)) {
    return failure('invalid-request', 'Give either model, to plan its input size, or family, to plan its size.');
  }
  if (family !== undefined) return await planFamily({ family, fixed: {}, query, targetFps }, estimators, progress);
  const read = await host.read(model!, [query], progress.signal);
  if (!read.ok) return read;
  const sizes = resolutionsToTry({ profile: read.value, query, step, largest });
  if (!sizes.ok) return sizes;
  // Of a model that was read in a thread, costs are known at the sizes alone that were asked for.
  const asked = sizes.value.map((size) => ({ ...size, batch: query.batch }));
  const profile = await host.read(model!, asked, progress.signal);
  if (!profile.ok) return profile;
  return await planResolution({ profile: profile.value, query, targetFps, step, largest }, estimators, progress);
}

function trialData(trial: Trial | null): object | null {
  if (trial === null) return null;
  const { label, resolution, height, width, batch, parameters, macs, estimate } = trial;
  const { throughputFps, latencyMs, interval, certainty } = estimate;
  return {
    label,
    resolution,
    height,
    width,
    batch,
    parameters,
    macs,
    throughputFps,
    latencyMs,
    interval,
    certainty,
  };
}
