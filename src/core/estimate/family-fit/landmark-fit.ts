import { median } from '../../statistics';
import { deviceName } from '../../landmarks/devices';
import { isBundledCampaign } from '../../landmarks/landmark-set';
import { runtimeName, type Landmark, type Runtime } from '../../landmarks/landmark';
import { bundledCampaigns } from '../../landmarks/campaigns';
import { crossValidate, summarise, type CrossValidation } from '../cross-validation';
import { refusal, success, type Result } from '../../result';
import { equation2At, fitEquation2, solveEquation2, type SolvedEquation2 } from './equation2';
import { jackknifePlus, type RawInterval } from './jackknife';
import { square } from '../../figures';
import { t } from '../../language';

/** What one fit of Equation 2 is for: the paper fits per device, runtime and architecture family. */
export interface FamilyKey {
  readonly device: string;
  readonly runtime: Runtime;
  readonly family: string;
  /** Side of the landmarks' square input in pixels. */
  readonly resolution: number;
  readonly batch: number;
}

/** Equation 2 fitted to the landmarks of one family from one campaign. */
export interface LandmarkFit extends SolvedEquation2 {
  readonly key: FamilyKey;
  readonly campaign: string;
  /** By rising number of parameters; repeated measurements of a model stand as their median. */
  readonly landmarks: readonly Landmark[];
  readonly minParameters: number;
  readonly maxParameters: number;
  /** Leave-one-out. */
  readonly crossValidation: CrossValidation<Landmark>;
  /** Prediction interval at a number of parameters, not yet bounded; null where the landmarks are too few. */
  intervalAt(parameters: number, level: number): RawInterval | null;
}

export type LandmarkFitOutcome = Result<LandmarkFit, string>;

/**
 * Fits Equation 2 for one family. Campaigns are never mixed in one fit, as two campaigns on the same kind of board
 * differ by a factor; of those whose landmarks determine the equation that of the user's board comes first, then other
 * own ones (the one with the most landmarks), then the published ones in their bundled order.
 *
 * @param home the campaign of the user's board on this device and runtime; null where there is none
 */
export function fitFamily(
  landmarks: readonly Landmark[],
  key: FamilyKey,
  home: string | null = null,
): LandmarkFitOutcome {
  const subject = t('{0} on {1} with {2}', key.family, deviceName(key.device), runtimeName(key.runtime));
  const ofFamily = landmarks.filter(
    (landmark) => landmark.device === key.device && landmark.runtime === key.runtime && landmark.family === key.family,
  );
  if (ofFamily.length === 0) return refusal(t('There are no landmarks of {0}.', subject));
  const atPoint = ofFamily.filter((landmark) => landmark.resolution === key.resolution && landmark.batch === key.batch);
  if (atPoint.length === 0) return refusal(describeOtherPoints(ofFamily, key, subject));

  const reasons: string[] = [];
  for (const candidate of byPreference(atPoint, home)) {
    const outcome = fitEquation2(candidate.landmarks, t('{0} in campaign {1}', subject, candidate.campaign));
    if (outcome.ok) return success(assemble(key, candidate, outcome.value));
    reasons.push(outcome.error);
  }
  return refusal(reasons.join(' '));
}

interface Candidate {
  readonly campaign: string;
  readonly landmarks: readonly Landmark[];
}

function assemble(key: FamilyKey, { campaign, landmarks }: Candidate, solved: SolvedEquation2): LandmarkFit {
  const isLong = landmarks.length > maxRefitted;
  const crossValidation = isLong
    ? summarise(landmarks.map((point) => ({ point, predictedFps: leftOutPrediction(solved, point) })))
    : crossValidate(landmarks, (training) => {
        const fold = solveEquation2(training);
        return fold && ((landmark) => equation2At(fold.equation, landmark.parameters));
      });
  return {
    ...solved,
    key,
    campaign,
    landmarks,
    minParameters: landmarks[0]!.parameters,
    maxParameters: landmarks[landmarks.length - 1]!.parameters,
    crossValidation,
    intervalAt: (parameters, level) =>
      isLong ? longIntervalAt(solved, landmarks, parameters, level) : intervalAt(landmarks, parameters, level),
  };
}

/** Up to so many landmarks, each is left out by fitting the others again; beyond, the whole fit gives the same figures. */
const maxRefitted = 60;

/** Folds that an interval rests on; of more landmarks, evenly spread over their range of sizes. */
const maxFolds = 200;

/**
 * The fit without one landmark, from the fit with it: for least squares, what a left-out observation would have been
 * predicted follows from its residual and its leverage (Sherman–Morrison), to rounding.
 */
function withoutLandmark(solved: SolvedEquation2, left: Landmark) {
  const leverage = solved.leverageAt(left.parameters);
  const residual = left.throughputFps - equation2At(solved.equation, left.parameters);
  return {
    prediction: (parameters: number) =>
      equation2At(solved.equation, parameters) -
      (solved.influence(parameters, left.parameters) * residual) / (1 - leverage),
    leverageAt: (parameters: number) =>
      solved.leverageAt(parameters) + solved.influence(parameters, left.parameters) ** 2 / (1 - leverage),
  };
}

/** What the fit without a landmark says of that landmark: its prediction at its own number of parameters. */
function leftOutPrediction({ equation, leverageAt }: SolvedEquation2, left: Landmark): number {
  const predicted = equation2At(equation, left.parameters);
  const leverage = leverageAt(left.parameters);
  return predicted - (leverage * (left.throughputFps - predicted)) / (1 - leverage);
}

function longIntervalAt(
  solved: SolvedEquation2,
  landmarks: readonly Landmark[],
  parameters: number,
  level: number,
): RawInterval | null {
  const every = Math.ceil(landmarks.length / maxFolds);
  const folds = landmarks
    .filter((_, index) => index % every === 0)
    .map((left) => {
      const fold = withoutLandmark(solved, left);
      const error = Math.abs(left.throughputFps - fold.prediction(left.parameters));
      const scale = Math.sqrt((1 + fold.leverageAt(parameters)) / (1 + fold.leverageAt(left.parameters)));
      return { prediction: fold.prediction(parameters), error: error * scale };
    });
  return jackknifePlus(folds, level);
}

/**
 * Jackknife+ with scaled errors. A landmark at the end of the range, left out, is an extrapolation from the others
 * and misses by much more than one in the middle; dividing its error by the standard error that least squares expects
 * there, and multiplying by that at the new model, keeps such an error from widening the interval everywhere.
 */
function intervalAt(landmarks: readonly Landmark[], parameters: number, level: number): RawInterval | null {
  const folds = landmarks.map((left) => {
    const fold = solveEquation2(landmarks.filter((landmark) => landmark !== left));
    if (fold === null) return null;
    const error = Math.abs(left.throughputFps - equation2At(fold.equation, left.parameters));
    const scale = Math.sqrt((1 + fold.leverageAt(parameters)) / (1 + fold.leverageAt(left.parameters)));
    return { prediction: equation2At(fold.equation, parameters), error: error * scale };
  });
  const solved = folds.filter((fold) => fold !== null);
  return solved.length === folds.length ? jackknifePlus(solved, level) : null;
}

/** Campaigns in the order in which they are tried, each with one landmark per model by rising parameters. */
function byPreference(landmarks: readonly Landmark[], home: string | null): readonly Candidate[] {
  const candidates = [...new Set(landmarks.map((landmark) => landmark.campaign))].map((campaign) => ({
    campaign,
    landmarks: onePerModel(landmarks.filter((landmark) => landmark.campaign === campaign)),
  }));
  const rank = ({ campaign }: Candidate) =>
    campaign === home
      ? -1
      : isBundledCampaign(campaign)
        ? 1 + bundledCampaigns.findIndex((bundled) => bundled.id === campaign)
        : 0;
  return candidates.sort(
    (a, b) => rank(a) - rank(b) || b.landmarks.length - a.landmarks.length || (a.campaign < b.campaign ? -1 : 1),
  );
}

/** Repeated measurements become one landmark with their median, so that a model measured often weighs no more. */
function onePerModel(landmarks: readonly Landmark[]): readonly Landmark[] {
  const groups = new Map<string, Landmark[]>();
  for (const landmark of landmarks) {
    const identity = `${landmark.parameters} ${landmark.model}`;
    const group = groups.get(identity);
    if (group === undefined) groups.set(identity, [landmark]);
    else group.push(landmark);
  }
  return [...groups.values()]
    .map((group): Landmark =>
      group.length === 1 ? group[0]! : { ...group[0]!, throughputFps: median(group.map((item) => item.throughputFps)) },
    )
    .sort((a, b) => a.parameters - b.parameters);
}

function describeOtherPoints(landmarks: readonly Landmark[], key: FamilyKey, subject: string): string {
  const pointOf = ({ resolution, batch }: Pick<FamilyKey, 'resolution' | 'batch'>): string =>
    t('{0} at batch {1}', square(resolution), batch);
  const points = [...new Set(landmarks.map(pointOf))];
  return t(
    "Equation 2 holds only at its landmarks' input, {0} for {1}; this is {2}.",
    points.join(t(' or ')),
    subject,
    pointOf(key),
  );
}
