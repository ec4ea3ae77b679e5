import { prepareLandmark, type PreparedLandmark } from '../../../src/core/estimate/graph-cost/costed-landmark';
import { kernelRows } from '../../../src/core/landmarks/model-costs';
import table2 from '../../../src/core/landmarks/reported/table2.json';
import table4 from '../../../src/core/landmarks/reported/table4.json';
import { profileOfPublished } from './fixture-models';

/** A published figure that nothing is fitted to, as a landmark. */
export type ReportedRow = PreparedLandmark;

/** The published figures that the study only reports on: Table 2's test rows, and Table 4's backbones. */
export async function readReportedRows(fixtures: URL) {
  const row = async (model: string, resolution: number, throughputFps: number): Promise<ReportedRow> => {
    const profile = await profileOfPublished(model, fixtures);
    const cost = profile.costAt({ resolution, batch: 1 });
    if (!cost.ok) throw new Error(`${model}: ${cost.error.message}`);
    const { family, parameters } = profile;
    return prepareLandmark({
      model,
      family,
      parameters: parameters ?? 0,
      device: 'jetson-nano',
      runtime: 'tensorrt-fp16',
      resolution,
      batch: 1,
      throughputFps,
      campaign: 'paper',
      source: 'reported',
      kernels: kernelRows(cost.value.layers),
    })!;
  };
  const tests = table2.rows.filter(({ set }) => set === 'test');
  const backbones = table4.rows.filter(({ model }) => !model.startsWith('RetinaFace'));
  return {
    table2: await Promise.all(tests.map(({ model, measuredFps }) => row(model, table2.resolution, measuredFps))),
    table4: await Promise.all(
      backbones.map(({ model, maxResolution, throughputFps }) => row(model, maxResolution, throughputFps)),
    ),
  };
}
