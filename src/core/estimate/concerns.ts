import { findDevice, hasInt8, type Device } from '../landmarks/devices';
import { importableOperators } from '../landmarks/tensorrt-operators';
import type { ModelProfile } from '../profile/profile';
import type { Query } from './estimate';

/** Something about a model that matters on the board it is asked for. */
export interface Concern {
  readonly code:
    'unsupported-operator' | 'misread-operator' | 'quantised-network' | 'little-gain-from-fp16' | 'central-difference';
  /** `error`: the engine cannot be built, or computes something else. `warning`: slower than one might think. */
  readonly severity: 'error' | 'warning';
  /** Sentences for the user: what, and what to do. */
  readonly message: string;
}

/** What to do about operators that TensorRT cannot import; for others a general remedy is named. */
const REMEDIES = new Map<string, string>(
  Object.entries({
    HardSwish: 'Export with opset 13 or lower, where exporters write it as simpler operators.',
    LayerNormalization: 'Export with opset 16 or lower, where exporters write it as simpler operators.',
    GroupNormalization: 'Export with opset 17 or lower, where exporters write it as simpler operators.',
    Mish: 'Export with opset 17 or lower, where exporters write it as simpler operators.',
    Gelu: 'Export with opset 19 or lower, where exporters write it as simpler operators.',
  }),
);

/** Unsupported operators that get a sentence of their own. */
const mostOperatorsNamed = 10;

/** Warnings and errors for running a model on a board; empty for a board that Framecast has no specification of. */
export function concernsOf(profile: ModelProfile, query: Query): readonly Concern[] {
  const board = query.runtime.startsWith('tensorrt') ? findDevice(query.device) : undefined;
  return [
    ...(board === undefined ? [] : [...newestTensorrtConcerns(profile, board), ...quantisedConcern(profile, board)]),
    ...centralDifferenceConcern(profile),
    ...precisionConcern(profile, query),
  ];
}

function newestTensorrtConcerns(profile: ModelProfile, { name, newestTensorrt }: Device): Concern[] {
  const { version, jetpack } = newestTensorrt;
  return tensorrtConcerns(profile, version, `TensorRT ${version}, the newest for ${name} (JetPack ${jetpack}),`);
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
      message:
        `This network is quantised (${quantising.join(' and ')} occur ${count === 1 ? 'once' : `${count} times`}), and TensorRT builds such ` +
        `networks only where the GPU computes in INT8, which that of ${board.name} does not. Export it without quantisation.`,
    },
  ];
}

/**
 * What a release of TensorRT (`8.2`, `8.2.1`) cannot import of a model; none for a release before 7.1, the oldest known.
 *
 * @param subject what the sentences start with, e.g. `TensorRT 8.2 on this board`
 */
export function tensorrtConcerns(profile: ModelProfile, version: string, subject: string): Concern[] {
  const importable = importableOperators(version);
  if (importable === null) return [];
  const unsupported = [...profile.operators].filter(([name]) => !importable.has(name));
  const concerns = unsupported.slice(0, mostOperatorsNamed).map(([name, count]): Concern => {
    const remedy = REMEDIES.get(name) ?? 'Replace it in the network, or give TensorRT a plugin for it.';
    const times = count === 1 ? 'once' : `${count} times`;
    return {
      code: 'unsupported-operator',
      severity: 'error',
      message: `${subject} cannot import ${name}, which occurs ${times}. ${remedy}`,
    };
  });
  const others = unsupported.length - mostOperatorsNamed;
  if (others > 0) {
    concerns.push({
      code: 'unsupported-operator',
      severity: 'error',
      message: `${subject} cannot import ${others} other kinds of operator in this file either.`,
    });
  }
  // onnx-tensorrt reads the axes of ReduceMean from an attribute; from opset 18 on they are an input.
  if (isBefore(version, 8, 6) && (profile.opset ?? 0) >= 18 && profile.operators.has('ReduceMean')) {
    concerns.push({
      code: 'misread-operator',
      severity: 'error',
      message:
        `${subject} does not read the axes of ReduceMean as opset 18 writes them and averages over all axes without ` +
        'a word. Export with opset 17 or lower.',
    });
  }
  return concerns;
}

function isBefore(version: string, major: number, minor: number): boolean {
  const [ownMajor = 0, ownMinor = 0] = version.split('.').map(Number);
  return ownMajor < major || (ownMajor === major && ownMinor < minor);
}

function centralDifferenceConcern(profile: ModelProfile): Concern[] {
  const count = profile.centralDifferences;
  if (count === 0) return [];
  return [
    {
      code: 'central-difference',
      severity: 'warning',
      message:
        `${count} central-difference convolution${count === 1 ? ' runs' : 's run'} as two convolutions and a ` +
        'subtraction each. The paper measured such networks at 1 to 3 FPS on Jetson Nano (Table 3).',
    },
  ];
}

function precisionConcern(profile: ModelProfile, query: Query): Concern[] {
  if (query.device !== 'jetson-nano' || query.runtime !== 'tensorrt-fp16') return [];
  const cost = profile.costAt({});
  if (!cost.ok) return [];
  // In a network built from them most convolutions that look beyond one pixel are depthwise.
  const spatial = cost.value.layers.filter((layer) => layer.window?.kernel.some((side) => side > 1) === true);
  const depthwise = spatial.filter((layer) => layer.kind === 'depthwise').length;
  if (spatial.length === 0 || depthwise / spatial.length <= 0.5) return [];
  return [
    {
      code: 'little-gain-from-fp16',
      severity: 'warning',
      message:
        `${depthwise} of ${spatial.length} convolutions larger than 1×1 are depthwise. Networks made of them gain little ` +
        'from FP16 on Jetson Nano, and some lose (section 3.2 of the paper, Figure 5): FP32 may be as fast.',
    },
  ];
}
