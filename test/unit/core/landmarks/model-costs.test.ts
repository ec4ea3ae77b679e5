import { describe, expect, it } from 'vitest';
import { bundledLandmarks } from '../../../../src/core/landmarks/campaigns';
import bundled from '../../../../src/core/landmarks/model-costs.json';
import { sizeFields } from '../../../../src/core/landmarks/landmark';
import { kernelsOfLandmark } from '../../../../src/core/landmarks/model-costs';
import { landmarkCosts } from '../../../bench/estimators/landmark-costs';
import { fixtures } from '../onnx/shapes/models';

describe('the bundled kernels of the landmarks', () => {
  it('are what the exported models run; npm run landmarks:costs writes them', { timeout: 60_000 }, async () => {
    expect(await landmarkCosts(new URL('exported/', fixtures))).toEqual(bundled);
  });

  it('exist for every published landmark, at its resolution and batch only', () => {
    for (const landmark of bundledLandmarks) {
      expect(kernelsOfLandmark(landmark)!.length).toBeGreaterThan(5);
      expect(kernelsOfLandmark({ ...landmark, ...sizeFields(320, 333) })).toBeNull();
      expect(kernelsOfLandmark({ ...landmark, batch: 2 })).toBeNull();
      expect(kernelsOfLandmark({ ...landmark, parameters: landmark.parameters + 1 })).toBeNull();
    }
    expect(kernelsOfLandmark({ ...bundledLandmarks[0]!, model: 'toString' })).toBeNull();
  });
});
