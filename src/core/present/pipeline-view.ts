import type { PipelineChange } from '../pipeline/pipeline-advice';
import type { PipelineBudget, StageBudget, TimeRange } from '../pipeline/pipeline-budget';
import { formatFps, formatLatency, formatMemory, formatShare, inputSizeText } from '../figures';

/** One stage in words. */
export interface PipelineStageView {
  readonly name: string;
  readonly model: string;
  /** `320×240`, width by height; '' without a figure. */
  readonly input: string;
  /** `every frame`, `once per face`, `every 3rd frame`. */
  readonly runs: string;
  /** Time of one inference; '' without a figure. */
  readonly latency: string;
  /** Average time per frame; '' without a figure. */
  readonly perFrame: string;
  /** `41%`; '' without a figure. */
  readonly share: string;
  /** The same as a number from 0 to 1; 0 without a figure. */
  readonly shareOfTime: number;
  readonly memory: string;
  readonly problem: string | null;
}

/** A pipeline's budget in words, as every surface shows it. */
export interface PipelineView {
  /** `25.3 FPS (22.1 to 28.4)`, or why there is no figure. */
  readonly headline: string;
  /** `Misses the camera's 30 FPS (84%)`; null when there is no camera or no figure, and all can run. */
  readonly verdict: string | null;
  readonly keepsUp: boolean | null;
  /** `39.5 ms per frame on average of the 33.3 ms that 30 FPS leave`. */
  readonly time: string | null;
  readonly stages: readonly PipelineStageView[];
  /** What the figure rests on and leaves out. */
  readonly notes: readonly string[];
  readonly byFaces: readonly { readonly faces: number; readonly text: string; readonly keepsUp: boolean | null }[];
  readonly changes: readonly {
    readonly label: string;
    readonly text: string;
    /** Its gain as a share of the largest one, 0 to 1. */
    readonly shareOfLargest: number;
    readonly edit: PipelineChange['edit'];
  }[];
}

/** More changes than this are no help. */
const maxChanges = 8;

/** Puts a pipeline's budget into words. */
export function pipelineView(budget: PipelineBudget, changes: readonly PipelineChange[]): PipelineView {
  const { cameraFps, throughputFps, perFrame, keepsUp } = budget;
  return {
    headline: headline(budget),
    verdict: verdict(budget),
    keepsUp: budget.isComplete ? keepsUp : null,
    time:
      perFrame === null || perFrame.ms === 0
        ? null
        : `${formatLatency(perFrame.ms)} per frame on average${cameraFps === null ? '' : ` of the ${formatLatency(1000 / cameraFps)} that ${plain(cameraFps)} FPS leave`}`,
    stages: budget.stages.map(stageView),
    notes: notes(budget),
    byFaces: budget.byFaces.map((point) => ({
      faces: point.faces,
      text: `${formatFps(point.throughputFps)} FPS (${formatFps(point.lowFps)} to ${formatFps(point.highFps)})`,
      keepsUp: point.keepsUp,
    })),
    changes: changes.slice(0, maxChanges).map(({ label, throughputFps: reached, gainFps, edit }) => ({
      label,
      text: `${formatFps(reached)} FPS (+${formatFps(gainFps)}${throughputFps === null ? '' : `, ${formatShare(gainFps / throughputFps)}`})`,
      shareOfLargest: gainFps / (changes[0]?.gainFps ?? gainFps),
      edit,
    })),
  };
}

function headline({ isComplete, throughputFps, lowFps, highFps, stages }: PipelineBudget): string {
  if (throughputFps === null || lowFps === null || highFps === null) {
    if (stages.length === 0) return 'No stages';
    return isComplete ? 'Nothing runs without a face' : 'No prediction';
  }
  const figure = `${formatFps(throughputFps)} FPS (${formatFps(lowFps)} to ${formatFps(highFps)})`;
  if (isComplete) return figure;
  const missing = stages.filter(({ perFrame }) => perFrame === null).length;
  return `At most ${figure} without ${missing} ${missing === 1 ? 'stage that has' : 'stages that have'} no figure`;
}

function verdict({ stages, isComplete, cameraFps, keepsUp, throughputFps }: PipelineBudget): string | null {
  const unfit = stages.filter(({ isUnfit }) => isUnfit).map(({ stage }) => stage.name);
  if (unfit.length > 0) return `Does not run as exported: ${unfit.join(', ')}`;
  if (cameraFps === null || keepsUp === null || throughputFps === null) return null;
  const share = formatShare(throughputFps / cameraFps);
  if (!keepsUp) return `Misses the camera's ${plain(cameraFps)} FPS (${share})`;
  return isComplete ? `Keeps up with the camera's ${plain(cameraFps)} FPS (${share})` : null;
}

function stageView(budget: StageBudget): PipelineStageView {
  const { stage, estimate, perFrame, runsPerFrame, share, memoryBytes, problem } = budget;
  const inference: TimeRange['ms'] | null = perFrame === null || runsPerFrame === 0 ? null : perFrame.ms / runsPerFrame;
  return {
    name: stage.name,
    model: stage.model,
    input: estimate === null ? '' : inputSizeText(estimate),
    runs: runsText(budget),
    latency: inference === null ? '' : formatLatency(inference),
    perFrame: perFrame === null ? '' : formatLatency(perFrame.ms),
    share: share === null ? '' : formatShare(share),
    shareOfTime: share ?? 0,
    memory: memoryBytes === null ? '' : formatMemory(memoryBytes),
    problem,
  };
}

function runsText({ stage: { runs, every, batch } }: StageBudget): string {
  const what =
    runs === 'faces' ? (batch ? 'all faces as a batch' : 'once per face') : runs === 1 ? '' : `${plain(runs)} times`;
  const when = every === 1 ? (what === '' ? 'every frame' : '') : `every ${ordinal(every)} frame`;
  return [what, when].filter((text) => text !== '').join(', ');
}

function notes(budget: PipelineBudget): readonly string[] {
  const { slowestFrameMs, perFrame, memoryBytes, boardMemoryBytes, stages } = budget;
  const list = ['Stages run one after another on one stream; decoding, resizing and tracking come on top.'];
  if (slowestFrameMs !== null && perFrame !== null && slowestFrameMs > perFrame.ms * 1.001) {
    list.push(`A frame in which every stage runs takes ${formatLatency(slowestFrameMs)}.`);
  }
  if (memoryBytes !== null) {
    const board = boardMemoryBytes === null ? '' : ` of the board's ${formatMemory(boardMemoryBytes)}`;
    const isShort = boardMemoryBytes !== null && memoryBytes > boardMemoryBytes;
    const rest = isShort ? ': they do not fit' : ', before CUDA, TensorRT and the operating system take their part';
    list.push(`Weights and activations of all engines take ${formatMemory(memoryBytes)}${board}${rest}.`);
  }
  for (const { stage, estimate } of stages) {
    if (estimate?.extrapolated === true) list.push(`${stage.name} lies outside what was measured.`);
  }
  return list;
}

function ordinal(count: number): string {
  const [tens, ones] = [count % 100, count % 10];
  const suffix = tens >= 11 && tens <= 13 ? 'th' : (['th', 'st', 'nd', 'rd'][ones] ?? 'th');
  return `${count}${suffix}`;
}

function plain(value: number): string {
  return String(Number(value.toPrecision(4)));
}
