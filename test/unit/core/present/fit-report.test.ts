import { describe, expect, it } from 'vitest';
import { createEstimators } from '../../../../src/core/estimate/estimators';
import { bundledLandmarks } from '../../../../src/core/landmarks/campaigns';
import { fitReportSentences } from '../../../../src/core/present/fit-sentences';
import { fitReport } from '../../../../src/core/estimate/fit-report';

const nano = { device: 'jetson-nano', runtime: 'tensorrt-fp16' } as const;

describe('the report of a place', () => {
  it('has its fits with their errors', () => {
    const report = fitReport(createEstimators(bundledLandmarks), nano);
    expect(report.graphCost).toMatchObject({ ok: true, landmarks: 52 });
    // ESTIMATORS.md, "Models left out".
    expect(report.graphCost.ok && report.graphCost.modelLeftOut).toBeCloseTo(0.05, 1);
    const resnet = report.families.find(({ family }) => family === 'ResNet');
    expect(resnet?.equation).not.toBeNull();
    expect(report.families.find(({ family }) => family === 'AlexNet')?.equation).toBeNull();
    const sentences = fitReportSentences(report).join(' ');
    expect(sentences).toContain('Jetson Nano with TensorRT FP16, from 52 landmarks');
    // Ten ResNets were published, five of them by the paper; Equation 2 goes through those alone.
    expect(sentences).toContain('MobileNetV2 (4), ResNet (5), YOLO (3).');
    expect(sentences).not.toContain('AlexNet');
  });

  it('says why there is none', () => {
    const report = fitReport(createEstimators([]), { ...nano, device: 'my-board' });
    expect(fitReportSentences(report)).toEqual([
      expect.stringMatching(/^There is no landmark to predict from on my-board with TensorRT FP16 yet/),
    ]);
  });
});
