import { describe, expect, it } from 'vitest';
import { previewImport, type FitChange } from '../../../../src/core/estimate/import-preview';
import { isEstimate } from '../../../../src/core/estimate/estimate';
import { createEstimators, type Estimators } from '../../../../src/core/estimate/estimators';
import { bundledLandmarks } from '../../../../src/core/landmarks/campaigns';
import type { Landmark } from '../../../../src/core/landmarks/landmark';
import { previewSentences } from '../../../../src/core/present/import-sentences';
import { profiled } from '../profile/profiled';
import { readFixture } from '../onnx/shapes/models';

const place = { device: 'jetson-nano', runtime: 'tensorrt-fp16' } as const;
const resnet18 = profiled(await readFixture('resnet18.folded.onnx'));
const paper = bundledLandmarks.filter(
  ({ campaign, device, runtime }) => campaign === 'paper' && device === place.device && runtime === place.runtime,
);
const published = createEstimators(bundledLandmarks);

/** The paper's ResNets as a board of another speed runs them, some with sizes of their own. */
function resnets(factor: number, count: number, changed: Partial<Landmark> = {}): readonly Landmark[] {
  return paper
    .filter(({ family }) => family === 'ResNet')
    .slice(0, count)
    .map((landmark) => ({
      ...landmark,
      throughputFps: factor * landmark.throughputFps,
      campaign: 'desk',
      ...changed,
    }));
}

/** What surfaces show for ResNet-18 by one method. */
function shown(estimators: Estimators, method: FitChange['method']): number {
  const { estimate, alternatives } = estimators.predict(resnet18, place);
  const found = [estimate, ...alternatives].find((answer) => answer?.method === method)!;
  if (!isEstimate(found)) throw new Error(found.reason);
  return found.throughputFps;
}

function previewed(changes: readonly FitChange[], method: FitChange['method']) {
  const change = changes.find((item) => item.method === method && item.predictions.length > 0)!;
  return change.predictions.find(({ model }) => model === 'resnet18')!;
}

describe('the preview of an import', () => {
  it.each([
    ['one model of a slower board', resnets(0.9, 1)],
    ['two models of a faster board', resnets(1.1, 2)],
    ['models that do not agree', [...resnets(0.6, 1), ...resnets(1.3, 3).slice(2)]],
    ['a whole family', resnets(0.8, 5)],
    ['models whose layers nobody knows', resnets(0.8, 2, { model: 'mine', parameters: 12_000_000 })],
  ])('foretells what is shown after %s', (_, added) => {
    const changes = previewImport(published, added);
    const after = createEstimators([...bundledLandmarks, ...added]);
    for (const method of ['landmark-fit', 'graph-cost'] as const) {
      const { beforeFps, afterFps } = previewed(changes, method);
      // The page's figure is of the exported file, the preview's of the published cost and parameters.
      expect(beforeFps! / shown(published, method)).toBeCloseTo(1, 2);
      expect(afterFps! / beforeFps!).toBeCloseTo(shown(after, method) / shown(published, method), 4);
    }
  });

  it('says how far predictions move with the board', () => {
    const [graph, family] = previewSentences(previewImport(published, resnets(0.9, 2)));
    expect(graph).toMatch(/change by .*−.*Your board is .* slower/);
    expect(family).toMatch(/still 5 landmarks.*predictions of 8 published models change by −.*Your board is .* slower/);
  });

  it("names the size of a family's fit where it is not the published one, as a fit is there already at that", () => {
    const [, at112] = previewSentences(previewImport(published, resnets(0.9, 1, { resolution: 112, batch: 4 })));
    expect(at112).toMatch(/^Equation 2 of ResNet at 112×112, batch 4 on .*: no fit yet/);
    const [, at224] = previewSentences(previewImport(published, resnets(0.9, 1)));
    expect(at224).toMatch(/^Equation 2 of ResNet on /);
  });

  it('foretells the models of families that nothing is imported of, too', () => {
    const [graph] = previewImport(published, resnets(0.9, 1));
    const moved = graph!.predictions.filter(({ beforeFps, afterFps }) => afterFps! < 0.99 * beforeFps!);
    expect(moved.length).toBeGreaterThan(0.95 * graph!.predictions.length);
    expect(moved.map(({ model }) => model)).toEqual(expect.arrayContaining(['resnet50', 'densenet121', 'vgg16']));
  });

  it("counts as the user's what is imported, and not what a team shares", () => {
    const team = resnets(1.4, 5, { campaign: 'team' });
    const before = createEstimators([...bundledLandmarks, ...team], new Set());
    const added = resnets(0.9, 1);
    const { afterFps } = previewed(previewImport(before, added, new Set()), 'graph-cost');
    const after = createEstimators([...bundledLandmarks, ...team, ...added], new Set(['desk']));
    expect(afterFps! / previewed(previewImport(before, added), 'graph-cost').beforeFps!).toBeCloseTo(
      shown(after, 'graph-cost') / shown(before, 'graph-cost'),
      4,
    );
  });

  it('has nothing to say of what fits do not learn from', () => {
    expect(previewImport(published, [])).toEqual([]);
  });
});
