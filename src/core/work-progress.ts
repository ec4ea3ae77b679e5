import { t } from './language';

/** What is done with a model, in this order, and the share of all work that is behind it then, as for large networks. */
const shareBefore = { bytes: 0, structure: 0.3, parameters: 0.5, shapes: 0.65, cost: 0.8 } as const;

export type WorkStage = keyof typeof shareBefore;

/** How far the work on one model is. */
export interface WorkProgress {
  readonly stage: WorkStage;
  /** Of all work, from 0 to 1. */
  readonly share: number;
}

export type OnWorkProgress = (progress: WorkProgress) => void;

/** The progress where a stage begins. */
export function beginning(stage: WorkStage): WorkProgress {
  return { stage, share: shareBefore[stage] };
}

/** The progress when some bytes of a file are read, of all. */
export function readingProgress(bytes: number, all: number): WorkProgress {
  return { stage: 'bytes', share: shareBefore.structure * Math.min(1, bytes / Math.max(1, all)) };
}

/** Reports each stage as it begins, and within a stage not more often than people can follow; what falls back is not said. */
export function throttled(report: OnWorkProgress, now: () => number, everyMs = 100): OnWorkProgress {
  let last: (WorkProgress & { readonly at: number }) | null = null;
  return (progress) => {
    const at = now();
    if (last !== null && progress.share < last.share) return;
    if (last?.stage === progress.stage && at - last.at < everyMs) return;
    last = { ...progress, at };
    report(progress);
  };
}

/** A stage in words, for people who wait. */
export function stageText(stage: WorkStage): string {
  switch (stage) {
    case 'bytes':
      return t('Reading the file…');
    case 'structure':
      return t('Recognising the architecture…');
    case 'parameters':
      return t('Counting the parameters…');
    case 'shapes':
      return t('Following the shapes…');
    case 'cost':
      return t('Working out what it costs…');
  }
}
