import dusty from './campaigns/dusty.json';
import evit from './campaigns/evit.json';
import lffd from './campaigns/lffd.json';
import nanosam from './campaigns/nanosam.json';
import netspresso from './campaigns/netspresso.json';
import nobuo from './campaigns/nobuo.json';
import paper from './campaigns/paper.json';
import t2tdla from './campaigns/t2tdla.json';
import torch2trt from './campaigns/torch2trt.json';
import trtpose from './campaigns/trtpose.json';
import trtutils from './campaigns/trtutils.json';
import ultra11 from './campaigns/ultra11.json';
import ultra26 from './campaigns/ultra26.json';
import { isInFits, isRuntime, sizeFields, type Landmark } from './landmark';

/** A published campaign: landmarks measured together, with the place where they are published. */
export interface Campaign {
  readonly id: string;
  readonly title: string;
  readonly source: string;
  readonly notes: readonly string[];
  readonly landmarks: readonly Landmark[];
}

/** The published campaigns that Framecast brings along, in order of preference for a fit. */
export const bundledCampaigns: readonly Campaign[] = [
  paper,
  trtutils,
  ultra11,
  ultra26,
  netspresso,
  torch2trt,
  evit,
  nobuo,
  lffd,
  dusty,
  trtpose,
  t2tdla,
  nanosam,
].map(readCampaign);

/** The landmarks of the published campaigns that fits learn from. */
export const bundledLandmarks: readonly Landmark[] = bundledCampaigns.flatMap(({ landmarks }) =>
  landmarks.filter(isInFits),
);

/**
 * One campaign file: what its rows share, and a row per model, size and device with a throughput per runtime. Files
 * without rows of their own size say it once.
 */
interface CampaignFile {
  readonly id: string;
  readonly title: string;
  readonly source: string;
  readonly notes: readonly string[];
  readonly resolution?: number;
  readonly batch?: number;
  readonly rows: readonly {
    readonly model: string;
    readonly family: string | null;
    readonly parameters: number;
    readonly device: string;
    readonly height?: number;
    readonly width?: number;
    readonly batch?: number;
    readonly gpuMHz?: number;
    /** Runtimes whose figure contradicts others of the board, as the campaign's notes say; it is shown but fits go without. */
    readonly doubted?: readonly string[];
    readonly throughputFps: Readonly<Record<string, number | undefined>>;
  }[];
}

function readCampaign(file: CampaignFile): Campaign {
  const landmarks = file.rows.flatMap(({ model, family, parameters, device, doubted, gpuMHz, ...row }) => {
    const size = sizeFields(row.height ?? file.resolution!, row.width ?? file.resolution!);
    const batch = row.batch ?? file.batch ?? 1;
    const about = { campaign: file.id, source: file.source, gpuMHz };
    return Object.entries(row.throughputFps).flatMap(([runtime, throughputFps]): Landmark[] => {
      if (!isRuntime(runtime) || throughputFps === undefined) return [];
      const verdict = doubted?.includes(runtime) ? { verdict: 'outlier' as const } : {};
      return [{ model, family, parameters, device, runtime, ...size, batch, throughputFps, ...about, ...verdict }];
    });
  });
  return { id: file.id, title: file.title, source: file.source, notes: file.notes, landmarks };
}
