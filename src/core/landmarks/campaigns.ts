import paper from './campaigns/paper.json';
import torch2trt from './campaigns/torch2trt.json';
import { isRuntime, type Landmark } from './landmark';

/** A published campaign: landmarks measured together, with the place where they are published. */
export interface Campaign {
  readonly id: string;
  readonly title: string;
  readonly source: string;
  readonly notes: readonly string[];
  readonly landmarks: readonly Landmark[];
}

/** The published campaigns that Framecast brings along, in order of preference for a fit. */
export const bundledCampaigns: readonly Campaign[] = [paper, torch2trt].map(readCampaign);

/** All landmarks of the published campaigns. */
export const bundledLandmarks: readonly Landmark[] = bundledCampaigns.flatMap((campaign) => campaign.landmarks);

/** One campaign file: what its rows share, and a row per model and device with a throughput per runtime. */
interface CampaignFile {
  readonly id: string;
  readonly title: string;
  readonly source: string;
  readonly notes: readonly string[];
  readonly resolution: number;
  readonly batch: number;
  readonly rows: readonly {
    readonly model: string;
    readonly family: string;
    readonly parameters: number;
    readonly device: string;
    readonly throughputFps: Readonly<Record<string, number>>;
  }[];
}

function readCampaign(file: CampaignFile): Campaign {
  const landmarks = file.rows.flatMap((row) =>
    Object.entries(row.throughputFps).flatMap(([runtime, throughputFps]): Landmark[] =>
      isRuntime(runtime)
        ? [
            {
              model: row.model,
              family: row.family,
              parameters: row.parameters,
              device: row.device,
              runtime,
              resolution: file.resolution,
              batch: file.batch,
              throughputFps,
              campaign: file.id,
              source: file.source,
            },
          ]
        : [],
    ),
  );
  return { id: file.id, title: file.title, source: file.source, notes: file.notes, landmarks };
}
