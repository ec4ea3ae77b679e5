import type { PipelineChange } from '../pipeline/pipeline-advice';
import type { PipelineBudget, StageBudget, TimeRange } from '../pipeline/pipeline-budget';
import {
  formatFps,
  formatLatency,
  formatMemory,
  formatChange,
  formatRatio,
  formatShare,
  formatTarget,
  inputSizeText,
  enteredFigure,
} from '../figures';
import { t } from '../language';

/** One stage in words. */
export interface PipelineStageView {
  readonly name: string;
  readonly model: string;
  /** `320×240`, width by height; '' without a figure. */
  readonly input: string;
  /** `every frame`, `once per face`, `one frame in 3`, `once per face, batch of 8`. */
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
  /** `39.5 ms per frame on average; 30 FPS allow 33.3 ms`. */
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
    time: perFrame === null || perFrame.ms === 0 ? null : timeSentence(perFrame.ms, cameraFps),
    stages: budget.stages.map(stageView),
    notes: notes(budget),
    byFaces: budget.byFaces.map((point) => ({
      faces: point.faces,
      text: rangeText(point),
      keepsUp: point.keepsUp,
    })),
    changes: changes.slice(0, maxChanges).map(({ label, throughputFps: reached, gainFps, edit }) => ({
      label,
      text: `${formatFps(reached)} FPS${throughputFps === null ? '' : ` (${formatChange(gainFps / throughputFps)})`}`,
      shareOfLargest: gainFps / (changes[0]?.gainFps ?? gainFps),
      edit,
    })),
  };
}

function timeSentence(milliseconds: number, cameraFps: number | null): string {
  const time = formatLatency(milliseconds);
  if (cameraFps === null) return t('{0} per frame on average', time);
  const left = formatLatency(1000 / cameraFps);
  return t('{0} per frame on average; {1} allow {2}', time, formatTarget(cameraFps), left);
}

/** `25.3 FPS (22.1 to 28.4)`. */
function rangeText(range: {
  readonly throughputFps: number;
  readonly lowFps: number;
  readonly highFps: number;
}): string {
  return t('{0} FPS ({1} to {2})', formatFps(range.throughputFps), formatFps(range.lowFps), formatFps(range.highFps));
}

function headline({ isComplete, throughputFps, lowFps, highFps, stages }: PipelineBudget): string {
  if (throughputFps === null || lowFps === null || highFps === null) {
    if (stages.length === 0) return t('No stages');
    return isComplete ? t('Nothing runs without a face') : t('No prediction');
  }
  const figure = rangeText({ throughputFps, lowFps, highFps });
  if (isComplete) return figure;
  const missing = stages.filter(({ perFrame }) => perFrame === null).length;
  return t(
    'At most {0} without {1, plural, one {# stage that has} other {# stages that have}} no figure',
    figure,
    missing,
  );
}

function verdict(budget: PipelineBudget): string | null {
  const { stages, isComplete, cameraFps, keepsUp, throughputFps, lowFps, highFps } = budget;
  const unfit = stages.filter(({ isUnfit }) => isUnfit).map(({ stage }) => stage.name);
  if (unfit.length > 0) return t('Does not run as exported: {0}', unfit.join(', '));
  if (cameraFps === null || keepsUp === null || throughputFps === null) return null;
  const share = formatRatio(throughputFps / cameraFps);
  const camera = formatTarget(cameraFps);
  if (!keepsUp) {
    return (highFps ?? throughputFps) >= cameraFps
      ? t("Probably misses the camera's {0} ({1})", camera, share)
      : t("Misses the camera's {0} ({1})", camera, share);
  }
  if (!isComplete) return null;
  return (lowFps ?? throughputFps) < cameraFps
    ? t("Probably keeps up with the camera's {0} ({1})", camera, share)
    : t("Keeps up with the camera's {0} ({1})", camera, share);
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

function runsText({ stage: { runs, every, batch }, estimate, runsPerFrame }: StageBudget): string {
  const isOneBatch = batch && runsPerFrame * every < 1.5;
  const what =
    runs === 'faces'
      ? isOneBatch
        ? t('all faces as a batch')
        : t('once per face')
      : runs === 1
        ? ''
        : t('{0} times', enteredFigure(runs));
  const when = every === 1 ? (what === '' ? t('every frame') : '') : t('one frame in {0}', every);
  const room = isOneBatch || estimate === null || estimate.batch === 1 ? '' : t('batch of {0}', estimate.batch);
  return [what, when, room].filter((text) => text !== '').join(', ');
}

function notes(budget: PipelineBudget): readonly string[] {
  const { slowestFrameMs, perFrame, memoryBytes, boardMemoryBytes, stages } = budget;
  const list = [t('Stages run one after another on one stream; decoding, resizing and tracking come on top.')];
  if (slowestFrameMs !== null && perFrame !== null && slowestFrameMs > perFrame.ms * 1.001) {
    list.push(t('A frame in which every stage runs takes {0}.', formatLatency(slowestFrameMs)));
  }
  if (memoryBytes !== null) {
    list.push(memorySentence(memoryBytes, boardMemoryBytes));
  }
  const beyond = stages.flatMap(({ stage, estimate }) => (estimate?.extrapolated === true ? [stage.name] : []));
  if (beyond.length > 0) list.push(t('Outside what was measured: {0}.', beyond.join(', ')));
  return list;
}

function memorySentence(memoryBytes: number, boardMemoryBytes: number | null): string {
  const taken = formatMemory(memoryBytes);
  if (boardMemoryBytes === null) {
    return t(
      'Weights and activations of all engines take {0}, before CUDA, TensorRT and the operating system take their part.',
      taken,
    );
  }
  const board = formatMemory(boardMemoryBytes);
  return memoryBytes > boardMemoryBytes
    ? t("Weights and activations of all engines take {0} of the board's {1}: they do not fit.", taken, board)
    : t(
        "Weights and activations of all engines take {0} of the board's {1}, before CUDA, TensorRT and the operating system take their part.",
        taken,
        board,
      );
}
