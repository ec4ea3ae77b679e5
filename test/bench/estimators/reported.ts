import type { CostedLandmark } from '../../../src/core/estimate/graph-cost/costed-landmark';
import { kernelWork, type KernelWork } from '../../../src/core/landmarks/model-costs';
import table2 from '../../../src/core/landmarks/reported/table2.json';
import table4 from '../../../src/core/landmarks/reported/table4.json';
import { mean } from './evaluate';
import { profileOfPublished } from './fixture-models';
import { networkOf, type Contender, type Network, type Predictor } from './measured';

/** A published figure that nothing was fitted to. */
interface ReportedRow {
  readonly name: string;
  readonly network: Network;
  readonly measuredFps: number;
}

/** The published figures that estimators are only reported on, never chosen by. */
export interface ReportedRows {
  /** The nine test rows of the paper's Table 2. */
  readonly table2: readonly ReportedRow[];
  /** The eight backbones of Table 4 at their highest resolutions. */
  readonly table4: readonly ReportedRow[];
}

/** Reads them, with the networks' kernels from the files that torch exported. */
export async function readReportedRows(fixtures: URL): Promise<ReportedRows> {
  const row = async (model: string, resolution: number, measuredFps: number): Promise<ReportedRow> => {
    const profile = await profileOfPublished(model, fixtures);
    const cost = profile.costAt({ resolution, batch: 1 });
    if (!cost.ok) throw new Error(`${model}: ${cost.error.message}`);
    const kernels: readonly KernelWork[] = kernelWork(cost.value.layers);
    const { family, parameters } = profile;
    return {
      name: resolution === table2.resolution ? model : `${model} at ${resolution}×${resolution}`,
      network: { family, parameters, kernels, campaign: 'paper' },
      measuredFps,
    };
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

/** How far an estimator, trained on the paper's nine training rows alone, is off on figures it was not chosen by. */
export interface Report {
  /** Mean absolute error in FPS on Table 2's test rows: all, ResNets, MobileNetV2s. */
  readonly table2: { readonly all: number; readonly resnet: number; readonly mobilenet: number };
  /** Mean relative error on torch2trt's families that the training rows lack, uncalibrated; null without an answer. */
  readonly unseenFamilies: number | null;
  /** Relative errors at Table 4's resolutions; null without an answer. */
  readonly table4: { readonly mean: number; readonly worst: number } | null;
  readonly rows: readonly { readonly name: string; readonly measuredFps: number; readonly predictedFps: number }[];
}

const unseen = ['DenseNet', 'SqueezeNet', 'VGG', 'AlexNet'];

export function report(
  contender: Contender,
  nine: readonly CostedLandmark[],
  all: readonly CostedLandmark[],
  reported: ReportedRows,
): Report {
  const predict: Predictor = contender.fit(nine) ?? (() => null);
  const answers = (rows: readonly ReportedRow[]) =>
    rows.flatMap(({ name, network, measuredFps }) => {
      const predictedFps = predict(network);
      return predictedFps === null ? [] : [{ name, family: network.family, measuredFps, predictedFps }];
    });
  const tests = answers(reported.table2);
  const absolute = (family?: string) =>
    mean(
      tests
        .filter((row) => family === undefined || row.family === family)
        .map(({ measuredFps, predictedFps }) => Math.abs(predictedFps - measuredFps)),
    );
  const others = answers(
    all
      .filter(({ landmark }) => landmark.campaign === 'torch2trt' && unseen.includes(landmark.family ?? ''))
      .map((costed) => ({
        name: costed.landmark.model,
        network: { ...networkOf(costed), campaign: 'paper' },
        measuredFps: costed.landmark.throughputFps,
      })),
  );
  const large = answers(reported.table4);
  const relative = (rows: typeof large) =>
    rows.map(({ measuredFps, predictedFps }) => Math.abs(predictedFps - measuredFps) / measuredFps);
  return {
    table2: { all: absolute(), resnet: absolute('ResNet'), mobilenet: absolute('MobileNetV2') },
    unseenFamilies: others.length === 0 ? null : mean(relative(others)),
    table4: large.length === 0 ? null : { mean: mean(relative(large)), worst: Math.max(...relative(large)) },
    rows: [...tests, ...others, ...large],
  };
}
