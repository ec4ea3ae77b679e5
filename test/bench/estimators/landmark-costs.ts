import { bundledLandmarks } from '../../../src/core/landmarks/campaigns';
import { kernelRows, type KernelRows } from '../../../src/core/landmarks/model-costs';
import { profileOfPublished } from './fixture-models';

/** Where the published landmarks were measured. */
const size = { resolution: 224, batch: 1 };

/**
 * What src/core/landmarks/model-costs.json holds: the kernels of every model that a published campaign measured, from
 * the files that torch exported.
 */
export async function landmarkCosts(fixtures: URL): Promise<object> {
  const models: Record<string, { parameters: number; kernels: KernelRows }> = {};
  const parametersOf = new Map(
    bundledLandmarks
      .filter(({ campaign }) => campaign === 'paper' || campaign === 'torch2trt')
      .map(({ model, parameters }) => [model, parameters]),
  );
  for (const [model, parameters] of [...parametersOf].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const profile = await profileOfPublished(model, fixtures);
    if (profile.parameters !== parameters) {
      throw new Error(`${model}: the fixture has ${profile.parameters} parameters, the landmark ${parameters}.`);
    }
    const cost = profile.costAt(size);
    if (!cost.ok) throw new Error(`${model}: ${cost.error.message}`);
    if (cost.value.uncostedShare > 0) throw new Error(`${model}: no cost for ${cost.value.uncosted.join(', ')}`);
    models[model] = { parameters, kernels: kernelRows(cost.value.layers) };
  }
  return {
    purpose: 'Kernels of the published landmarks’ models, made by npm run landmarks:costs from what torch exports.',
    columns:
      'kind (index in kernelKinds), count, macs, elements read, written, of weights, window taps, stride, groups, output channels',
    ...size,
    models,
  };
}
