import { expect, it } from 'vitest';
import type { Estimators } from '../../../../src/core/estimate/estimators';
import { createEstimators } from '../../../../src/core/estimate/estimators';
import { bundledLandmarks } from '../../../../src/core/landmarks/campaigns';
import { predictFile } from '../../../../src/cli/predict/predict-files';

it('tells a defect of Framecast from a defect of the model by its code', async () => {
  const defective: Estimators = {
    ...createEstimators(bundledLandmarks),
    predict: () => {
      throw new Error('No such row.');
    },
  };
  const query = { device: 'jetson-nano', runtime: 'tensorrt-fp16' } as const;
  const answer = await predictFile('samples/resnet18.onnx', query, defective);
  expect(answer).toMatchObject({
    ok: false,
    error: { code: 'internal', message: expect.stringContaining('No such row') },
  });
});
