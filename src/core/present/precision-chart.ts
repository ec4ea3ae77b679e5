import { deviceName } from '../landmarks/devices';
import type { Landmark, Runtime } from '../landmarks/landmark';
import { formatCount, formatThroughput, sizeText } from '../figures';

/** Runtimes of one engine in two precisions. */
const engines = [
  { engine: 'TensorRT', half: 'tensorrt-fp16', single: 'tensorrt-fp32' },
  { engine: 'PyTorch', half: 'pytorch-fp16', single: 'pytorch-fp32' },
] as const satisfies readonly { readonly engine: string; readonly half: Runtime; readonly single: Runtime }[];

export type PrecisionEngine = (typeof engines)[number]['engine'];

/** One network that was measured in both precisions by the same campaign, as a point of the paper's Figure 5. */
export interface PrecisionPair {
  readonly model: string;
  readonly family: string | null;
  readonly parameters: number;
  readonly engine: PrecisionEngine;
  readonly device: string;
  readonly deviceName: string;
  readonly resolution: number;
  readonly batch: number;
  readonly campaign: string;
  /** Inputs per second. */
  readonly fp16Fps: number;
  readonly fp32Fps: number;
  /** FP16 over FP32: above 1, the network gains by FP16. */
  readonly ratio: number;
}

/** A network that the user has measured in one precision alone. */
export interface HalfPair {
  readonly model: string;
  readonly deviceName: string;
  /** What is still to be measured, e.g. `TensorRT FP32`. */
  readonly missing: string;
}

export interface PrecisionView {
  /** By falling ratio. */
  readonly pairs: readonly PrecisionPair[];
  /** Of the user's own landmarks; those of published campaigns cannot be completed. */
  readonly halves: readonly HalfPair[];
}

/**
 * Networks with landmarks in FP16 and FP32 of one engine, device, size, batch and campaign: figures of different
 * campaigns differ by more than the precision. Of several measurements of one kind the last counts.
 *
 * @param isPublished whether a campaign is one that Framecast brings along
 */
export function precisionView(
  landmarks: readonly Landmark[],
  isPublished: (campaign: string) => boolean,
): PrecisionView {
  const groups = new Map<string, Landmark[]>();
  for (const landmark of landmarks) {
    const { model, family, parameters, device, resolution, batch, campaign } = landmark;
    const key = JSON.stringify([model, family, parameters, device, resolution, batch, campaign]);
    const members = groups.get(key);
    if (members === undefined) groups.set(key, [landmark]);
    else members.push(landmark);
  }
  const pairs: PrecisionPair[] = [];
  const halves: HalfPair[] = [];
  for (const members of groups.values()) {
    for (const { engine, half, single } of engines) {
      const fp16 = members.filter(({ runtime }) => runtime === half).at(-1);
      const fp32 = members.filter(({ runtime }) => runtime === single).at(-1);
      const known = fp16 ?? fp32;
      if (known === undefined) continue;
      const { model, family, parameters, device, resolution, batch, campaign } = known;
      if (fp16 !== undefined && fp32 !== undefined) {
        const [fp16Fps, fp32Fps] = [fp16.throughputFps, fp32.throughputFps];
        pairs.push({
          model,
          family,
          parameters,
          engine,
          device,
          deviceName: deviceName(device),
          resolution,
          batch,
          campaign,
          fp16Fps,
          fp32Fps,
          ratio: fp16Fps / fp32Fps,
        });
      } else if (!isPublished(campaign)) {
        const missing = `${engine} ${fp16 === undefined ? 'FP16' : 'FP32'}`;
        halves.push({ model, deviceName: deviceName(device), missing });
      }
    }
  }
  pairs.sort((one, other) => other.ratio - one.ratio);
  return { pairs, halves };
}

/** A pair in words, a line each: what was gained, the figures, and where they hold. */
export function precisionPairLines(pair: PrecisionPair): readonly string[] {
  const { model, ratio, fp16Fps, fp32Fps, engine, deviceName, resolution, batch, campaign, parameters } = pair;
  return [
    `${model}: ${ratio.toFixed(2)} times as fast in FP16`,
    `${formatThroughput(fp16Fps, batch)} in FP16, ${formatThroughput(fp32Fps, batch)} in FP32`,
    `${engine} on ${deviceName} at ${sizeText(resolution, batch)}, campaign ${campaign}, ${formatCount(parameters)} parameters`,
  ];
}

/** What the throughputs of pairs are in: frames per second only where all are of single inputs. */
export function precisionUnit(pairs: readonly Pick<PrecisionPair, 'batch'>[]): string {
  return pairs.every(({ batch }) => batch === 1) ? 'FPS' : 'inputs/s';
}
