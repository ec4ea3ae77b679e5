import { findDevice, hasInt8, type Device } from '../landmarks/devices';
import { importableOperators, isBundledPlugin } from '../landmarks/tensorrt-operators';
import { t } from '../language';
import { decomposableOperators } from '../onnx/rewrite/rewritable';
import type { ImportFacts } from '../profile/import-facts';
import { runsOf, type LayerCost } from '../profile/cost/layer';
import type { ModelProfile } from '../profile/profile';
import { shortList } from '../text';
import { formatThroughput } from '../figures';
import type { Prediction, Query } from './estimate';
import { misreadReductions, statesAllowzero } from './importer-defects';

/** Something about a model that matters on the board it is asked for. */
export interface Concern {
  readonly code:
    | 'unsupported-operator'
    | 'misread-operator'
    | 'quantised-network'
    | 'little-gain-from-fp16'
    | 'central-difference'
    | 'training-form';
  /** `error`: the engine cannot be built, or computes something else. `warning`: slower than one might think. */
  readonly severity: 'error' | 'warning';
  /** Sentences for the user: what, and what to do. */
  readonly message: string;
  /** What, without what to do, for surfaces that offer the remedy by itself; left out if there is no remedy. */
  readonly finding?: string;
  /** What a network computes instead that runs all the same: `a wrong mean`. */
  readonly computes?: string;
  /** What mends it, where Framecast can. */
  readonly remedy?: Remedy;
}

/** A way to mend a model, for surfaces that offer it to be copied. */
export interface Remedy {
  /** A command line with MODEL and FILE in place of the paths. */
  readonly command: string;
  /** What that command does to the model, a phrase each. */
  readonly rewrites: readonly string[];
}

/**
 * Warnings and errors for running a model on a board; empty for a board that Framecast has no specification of.
 *
 * @param prediction for the same query, where there is one: what a change would gain is told in its figures
 */
export function concernsOf(
  profile: ModelProfile,
  query: Query,
  prediction?: Pick<Prediction, 'estimate' | 'deployedFps'>,
): readonly Concern[] {
  const board = query.runtime.startsWith('tensorrt') ? findDevice(query.device) : undefined;
  return [
    ...(board === undefined ? [] : [...newestTensorrtConcerns(profile, board), ...quantisedConcern(profile, board)]),
    ...centralDifferenceConcern(profile),
    ...trainingFormConcern(profile, prediction),
    ...precisionConcern(profile, query),
  ];
}

function newestTensorrtConcerns(profile: ModelProfile, { name, newestTensorrt }: Device): Concern[] {
  if (newestTensorrt === null) return [];
  const { version, jetpack } = newestTensorrt;
  return tensorrtConcerns(
    profile,
    version,
    t('TensorRT {0}, the newest for {1} (JetPack {2}),', version, name, jetpack),
  );
}

const quantising = ['QuantizeLinear', 'DequantizeLinear'];

/** TensorRT (since 8.0, which first reads these operators) refuses them on a GPU without INT8 arithmetic. */
function quantisedConcern(profile: ModelProfile, board: Device): Concern[] {
  const count = quantising.reduce((sum, name) => sum + (profile.operators.get(name) ?? 0), 0);
  if (count === 0 || hasInt8(board)) return [];
  return [
    {
      code: 'quantised-network',
      severity: 'error',
      message: t(
        'This network is quantised (QuantizeLinear and DequantizeLinear occur {0, plural, one {once} other {# times}}), and TensorRT builds such networks only where the GPU computes in INT8, which that of {1} does not. Export it without quantisation.',
        count,
        board.name,
      ),
    },
  ];
}

/**
 * What a release of TensorRT (`8.2`, `8.2.1`) cannot import of a model, and what it imports and computes otherwise; none
 * for a release before 7.1, the oldest known.
 *
 * @param release how sentences call it, e.g. `TensorRT 8.2 on the board`
 */
export function tensorrtConcerns(facts: ImportFacts, version: string, release: string): Concern[] {
  const importable = importableOperators(version);
  if (importable === null) return [];
  const found = [
    ...unsupportedOperators(facts, release, (name) => importable.has(name) || isBundledPlugin(name, version)),
    ...misreadOperators(facts, version, release),
    ...implicitAllowzero(facts, version, release),
  ];
  const mendable = found.filter((concern) => concern.rewrite !== null);
  const others = found.filter((concern) => concern.rewrite === null);
  return [
    ...others.map(({ code, severity, message }): Concern => ({ code, severity, message })),
    ...merged(mendable, release, version),
  ];
}

/** What is found of a model; `rewrite` says how rewriting it takes the error away, null where it cannot. */
interface Finding extends Omit<Concern, 'remedy'> {
  readonly rewrite: string | null;
}

/** Everything that rewriting mends as one concern: operators first, the release named once, the advice at the end. */
function merged(findings: readonly Finding[], release: string, version: string): Concern[] {
  const [first] = findings;
  if (first === undefined) return [];
  const worst = findings.find(({ code }) => code !== 'misread-operator') ?? first;
  const command = convertCommand(version);
  const said = findings.map(({ message }, index) =>
    index === 0 ? message : message.replace(`${release} `, `${t('it')} `),
  );
  return [
    {
      code: worst.code,
      severity: 'error',
      message: `${said.join(' ')} ${rewriteAdvice(command)}`,
      finding: said.join(' '),
      computes: worst.computes,
      remedy: { command, rewrites: findings.map(({ rewrite }) => rewrite!) },
    },
  ];
}

function unsupportedOperators(
  { operators }: ImportFacts,
  release: string,
  isImportable: (operator: string) => boolean,
): Finding[] {
  const unsupported = [...operators].filter(([name]) => !isImportable(name));
  if (unsupported.length === 0) return [];
  const others = unsupported.filter(([name]) => !decomposableOperators.has(name)).map(([name]) => name);
  const message =
    unsupported.length === 1
      ? t('{0}: {1} cannot import it.', timesText(unsupported), release)
      : t('{0}: {1} cannot import them.', timesText(unsupported), release);
  const error = { code: 'unsupported-operator', severity: 'error' } as const;
  if (others.length > 0) {
    const replace = t('Replace {0} in the network, or give TensorRT a plugin.', shortList(others).join(', '));
    return [{ ...error, message: `${message} ${replace}`, rewrite: null }];
  }
  return [{ ...error, message, rewrite: t('{0} written with older operators', timesText(unsupported)) }];
}

function misreadOperators({ axesInputs }: ImportFacts, version: string, release: string): Finding[] {
  const reductions = misreadReductions(version);
  const misread = axesInputs.filter(([name]) => reductions.has(name));
  if (misread.length === 0) return [];
  const results = new Set(misread.map(([name]) => reducedTo(name)));
  const [result] = results;
  return [
    {
      code: 'misread-operator',
      severity: 'error',
      message: t(
        '{0}: {1} does not read axes that are an input, reduces over all of them and computes a wrong result.',
        timesText(misread),
        release,
      ),
      computes: results.size === 1 ? result : t('wrong reductions'),
      rewrite: t('axes of {0} moved to an attribute', timesText(misread)),
    },
  ];
}

/** What a Reduce operator computes whose axes are not read, in words. */
function reducedTo(operator: string): string {
  if (operator === 'ReduceMean') return t('a wrong mean');
  if (operator === 'ReduceMax') return t('a wrong maximum');
  if (operator === 'ReduceMin') return t('a wrong minimum');
  if (operator === 'ReduceProd') return t('a wrong product');
  return /L[12]$/.test(operator) ? t('a wrong norm') : t('a wrong sum');
}

function implicitAllowzero({ reshapesWithoutAllowzero }: ImportFacts, version: string, release: string): Finding[] {
  if (reshapesWithoutAllowzero === 0 || !statesAllowzero(version)) return [];
  return [
    {
      code: 'unsupported-operator',
      severity: 'error',
      message: t(
        'Reshape ×{0}: {1} cannot import it without the attribute allowzero.',
        reshapesWithoutAllowzero,
        release,
      ),
      rewrite: t('allowzero=0 stated at Reshape ×{0}', reshapesWithoutAllowzero),
    },
  ];
}

function convertCommand(version: string): string {
  const [major = '', minor = ''] = version.split('.');
  return `framecast convert MODEL -o FILE --for tensorrt-${major}.${minor}`;
}

/** How to make a model that an older parser reads; torch's default exporter since 2.9 writes opset 18 or later whatever is asked. */
function rewriteAdvice(command: string): string {
  return t(
    'Framecast rewrites that before it measures; for a file of your own, run `{0}`, or export with torch.onnx.export(…, dynamo=False, opset_version=13).',
    command,
  );
}

/** `HardSwish ×21, Gelu ×2`. */
function timesText(counts: readonly (readonly [string, number])[]): string {
  return shortList(counts.map(([name, count]) => `${name} ×${count}`)).join(', ');
}

function centralDifferenceConcern(profile: ModelProfile): Concern[] {
  const count = profile.centralDifferences;
  if (count === 0) return [];
  return [
    {
      code: 'central-difference',
      severity: 'warning',
      message: t(
        '{0, plural, one {# central-difference convolution runs} other {# central-difference convolutions run}} as two convolutions and a subtraction each. The paper measured such networks at 1 to 3 FPS on Jetson Nano (Table 3).',
        count,
      ),
    },
  ];
}

/** Parallel convolutions that the author means to be merged before the network is deployed. */
function trainingFormConcern(
  profile: ModelProfile,
  prediction: Pick<Prediction, 'estimate' | 'deployedFps'> | undefined,
): Concern[] {
  const trained = profile.costAt({});
  const deployed = profile.deployedForm?.costAt({});
  if (!trained.ok || deployed?.ok !== true || trained.value.macs === 0) return [];
  const saved = 1 - deployed.value.macs / trained.value.macs;
  return [
    {
      code: 'training-form',
      severity: 'warning',
      message: t(
        'This network is in the form that is trained, with convolutions side by side. Re-parameterised before the export, so that each group is one convolution, it runs {0} kernels instead of {1}, with {2}% fewer multiply–accumulates and the same answer{3}.',
        kernelCount(deployed.value.layers),
        kernelCount(trained.value.layers),
        Math.round(100 * saved),
        deployedGain(prediction),
      ),
    },
  ];
}

/** `: 120 FPS instead of 80.0 FPS (+50%), as predicted`; nothing without a figure. */
function deployedGain(prediction: Pick<Prediction, 'estimate' | 'deployedFps'> | undefined): string {
  const { estimate = null, deployedFps = null } = prediction ?? {};
  if (estimate === null || deployedFps === null) return '';
  const gain = Math.round(100 * (deployedFps / estimate.throughputFps - 1));
  return t(
    ': {0} instead of {1} ({2}%), as predicted',
    formatThroughput(deployedFps, estimate.batch),
    formatThroughput(estimate.throughputFps, estimate.batch),
    `${gain < 0 ? '−' : '+'}${Math.abs(gain)}`,
  );
}

function precisionConcern(profile: ModelProfile, query: Query): Concern[] {
  if (query.device !== 'jetson-nano' || query.runtime !== 'tensorrt-fp16') return [];
  const cost = profile.costAt({});
  if (!cost.ok) return [];
  // In a network built from them most convolutions that look beyond one pixel are depthwise.
  const spatial = cost.value.layers.filter((layer) => layer.window?.kernel.some((side) => side > 1) === true);
  const all = kernelCount(spatial);
  const depthwise = kernelCount(spatial.filter((layer) => layer.kind === 'depthwise'));
  if (all === 0 || depthwise / all <= 0.5) return [];
  return [
    {
      code: 'little-gain-from-fp16',
      severity: 'warning',
      message: t(
        '{0} of {1} convolutions larger than 1×1 are depthwise. Networks made of them gain little from FP16 on Jetson Nano, and some lose (section 3.2 of the paper, Figure 5): FP32 may be as fast.',
        depthwise,
        all,
      ),
    },
  ];
}

/** How many kernels run; in a summary, equal ones are one that is repeated. */
function kernelCount(layers: readonly LayerCost[]): number {
  return layers.reduce((sum, layer) => sum + runsOf(layer), 0);
}
