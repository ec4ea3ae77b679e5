import { createEstimators, type Estimators } from '../../core/estimate/estimators';
import type { Landmark } from '../../core/landmarks/landmark';

/** Estimators over a set of landmarks that changes; `landmarks` is another array after each change. */
export interface LiveEstimators {
  readonly estimators: Estimators;
  /** Lets the estimators learn from these landmarks from now on; `own` are the campaigns that the user measured. */
  follow(landmarks: readonly Landmark[], own: ReadonlySet<string>): void;
}

export function createLiveEstimators(landmarks: readonly Landmark[]): LiveEstimators {
  let current = createEstimators(landmarks);
  return {
    estimators: {
      get landmarks() {
        return current.landmarks;
      },
      predict: (...asked) => current.predict(...asked),
      familyFit: (key) => current.familyFit(key),
      graphCostFit: (key) => current.graphCostFit(key),
      calibration: (...asked) => current.calibration(...asked),
      explainLatency: (...asked) => current.explainLatency(...asked),
      throughputByResolution: (...asked) => current.throughputByResolution(...asked),
    },
    follow: (changed, own) => {
      current = createEstimators(changed, own, current);
    },
  };
}
