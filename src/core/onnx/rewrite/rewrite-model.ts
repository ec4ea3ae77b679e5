import { inEnglish, t } from '../../language';
import { failure, success, type Result } from '../../result';
import type { Model, Tensor } from '../model';
import { int, withAttribute } from '../attributes';
import { unwritable } from '../write';
import { decomposed } from './decompose';
import { rewriteNodes } from './draft';
import { lowerOpset } from './lower-opset';
import { axesToAttribute, padOfAllAxes } from './opset-changes';
import { quantise } from './quantise';
import { raiseOpset } from './raise-opset';
import { toHalf } from './to-half';

/** What a runtime wants of a model. */
export interface RewriteTarget {
  /** Operators of the default domain that it can import; null for all. */
  readonly importable: ReadonlySet<string> | null;
  /** Highest opset that it documents; null for any. */
  readonly opset: number | null;
  /** Reduce operators whose axes it takes from an attribute alone. */
  readonly axesAsAttributes: ReadonlySet<string>;
  /** Whether it reads Pad's axes, an input, not. */
  readonly padsAllAxes: boolean;
  /** Whether it takes scales of GroupNormalization for a group's, which are a channel's from opset 21 on. */
  readonly groupsScales: boolean;
  /** Whether Reshape must state `allowzero` from opset 14 on. */
  readonly statesAllowzero: boolean;
  /** Whether weights must be in the model's own file. */
  readonly embedsWeights: boolean;
  /** The precision that the network itself must have; null where that is for the runtime to choose. */
  readonly precision: 'fp16' | 'int8' | null;
}

export type RewriteCode = 'decomposed' | 'axes' | 'allowzero' | 'opset' | 'embedded' | 'fp16' | 'int8' | 'clamped';

/** One thing that was done to a model. */
export interface Rewrite {
  readonly code: RewriteCode;
  /** Completes "Framecast rewrote the model: …"; in English, as records have it. */
  readonly text: string;
  /** The same in the user's language. */
  readonly shown: string;
}

/** Something that was done, said in English and in the user's language. */
export function rewriteSaid(code: RewriteCode, say: () => string): Rewrite {
  return { code, text: inEnglish(say), shown: say() };
}

/** A rewritten model before its weights are written. */
export interface RewrittenModel {
  readonly model: Model;
  /** What was done; empty where the model is as it was. */
  readonly rewrites: readonly Rewrite[];
  /** Tensors of other types than those that their content is read from. */
  readonly origins: ReadonlyMap<Tensor, Tensor>;
  /** Numbers beyond the range of FP16 among constants that are no stored tensors. */
  readonly clamped: number;
}

/**
 * What a model must become for a runtime; shapes stay, and so do outputs, within the precision asked for, unless it is
 * quantised for timing. A model that is fine stays as it is, also where its opset is newer than the runtime documents.
 *
 * Failure code: invalid-graph, for a model that must be rewritten and of which the reader does not keep all.
 */
export function rewriteModel(model: Model, target: RewriteTarget): Result<RewrittenModel> {
  const rewrites: Rewrite[] = [];
  const note: Note = (code, say) => void rewrites.push(rewriteSaid(code, say));
  let rewritten = decompose(model, target, note);
  rewritten = moveAxes(rewritten, target, note);
  const lowered = target.opset === null ? null : lowerOpset(rewritten, target.opset);
  const lacksAllowzero = target.statesAllowzero && reshapesWithoutAllowzero(rewritten) > 0;
  if (lowered !== null && (lowered.isRewritten || lacksAllowzero || rewrites.length > 0)) {
    const own = model.opsets.get('') ?? 1;
    if (lowered.opset < own) note('opset', () => t('opset lowered from {0} to {1}', own, lowered.opset));
    rewritten = lowered.model;
  }
  if (target.statesAllowzero) rewritten = stateAllowzero(rewritten, note);

  let origins: ReadonlyMap<Tensor, Tensor> = new Map();
  let clamped = 0;
  const quantised = target.precision === 'int8' ? quantise(rewritten) : null;
  if (quantised !== null) {
    note('int8', () =>
      t(
        'QuantizeLinear and DequantizeLinear inserted with placeholder scales, for timing alone: its outputs mean nothing',
      ),
    );
    rewritten = raiseForHalfScales(quantised, note);
  }
  const isHalfPossible =
    target.precision === 'fp16' || (target.precision === 'int8' && (rewritten.opsets.get('') ?? 1) >= halfScalesFrom);
  const half = isHalfPossible ? toHalf(rewritten) : null;
  if (half !== null) {
    note('fp16', () =>
      target.precision === 'int8'
        ? t('what is not INT8 converted to FP16')
        : t('converted to FP16, its inputs and outputs staying FP32'),
    );
    ({ model: rewritten, origins, clamped } = half);
  }
  const isExternal = model.externalFiles.length > 0;
  if (isExternal && (target.embedsWeights || rewrites.length > 0))
    note('embedded', () => t('weights moved into the model’s file'));
  if (rewrites.length === 0) return success({ model, rewrites, origins: new Map(), clamped: 0 });
  const lost = unwritable(model.graph);
  if (lost !== null) {
    return failure(
      'invalid-graph',
      t(
        'This model would have to be rewritten for the board ({0}), but Framecast cannot write {1}. Export it for that version of TensorRT.',
        rewrites.map(({ shown }) => shown).join('; '),
        lost,
      ),
    );
  }
  return success({ model: { ...rewritten, externalFiles: [] }, rewrites, origins, clamped });
}

/** From here on scales may be FP16, and so what is between INT8 layers: QuantizeLinear-19 of ONNX. */
const halfScalesFrom = 19;

function raiseForHalfScales(model: Model, note: Note): Model {
  const own = model.opsets.get('') ?? 1;
  if (own >= halfScalesFrom) return model;
  const raised = raiseOpset(model, halfScalesFrom);
  if (raised === null) {
    note('int8', () => t('what is not INT8 stays FP32, as its opset {0} cannot be raised to {1}', own, halfScalesFrom));
    return model;
  }
  note('opset', () => t('opset raised from {0} to {1}', own, halfScalesFrom));
  return raised;
}

type Note = (code: RewriteCode, say: () => string) => void;

function decompose(model: Model, { importable, groupsScales }: RewriteTarget, note: Note): Model {
  if (importable === null) return model;
  const counts = new Map<string, number>();
  const result = rewriteNodes(model, (node, context) => {
    const isOther = groupsScales && node.opType === 'GroupNormalization' && context.opset >= 21;
    if (node.domain !== '' || (importable.has(node.opType) && !isOther)) return null;
    const nodes = decomposed(node, context);
    if (nodes !== null) counts.set(node.opType, (counts.get(node.opType) ?? 0) + 1);
    return nodes;
  });
  if (counts.size > 0) note('decomposed', () => t('{0} written with older operators', countText(counts)));
  return result;
}

function moveAxes(model: Model, { axesAsAttributes, padsAllAxes }: RewriteTarget, note: Note): Model {
  if (axesAsAttributes.size === 0 && !padsAllAxes) return model;
  const pads = new Map<string, number>();
  const counts = new Map<string, number>();
  const result = rewriteNodes(model, (node, context) => {
    if (node.domain !== '') return null;
    if (padsAllAxes && node.opType === 'Pad') {
      const padded = padOfAllAxes(node, context);
      if (padded === null || padded === 'same') return null;
      pads.set('Pad', (pads.get('Pad') ?? 0) + 1);
      return padded.nodes;
    }
    if (!axesAsAttributes.has(node.opType) || (node.inputs[1] ?? '') === '') return null;
    const moved = axesToAttribute(node, context);
    if (moved === null || moved === 'same') return null;
    counts.set(node.opType, (counts.get(node.opType) ?? 0) + 1);
    return moved.nodes;
  });
  if (counts.size > 0) note('axes', () => t('axes of {0} moved from an input to an attribute', countText(counts)));
  if (pads.size > 0) note('axes', () => t('{0} written for all axes', countText(pads)));
  return result;
}

function stateAllowzero(model: Model, note: Note): Model {
  const count = reshapesWithoutAllowzero(model);
  if (count === 0) return model;
  note('allowzero', () => t('allowzero=0 stated at Reshape ×{0}', count));
  return rewriteNodes(model, (node, { opset }) => {
    if (node.domain !== '' || node.opType !== 'Reshape' || opset < 14 || node.attributes.has('allowzero')) return null;
    return [withAttribute(node, 'allowzero', int(0))];
  });
}

/** Reshapes of opset 14 and later that do not state the attribute `allowzero`. */
function reshapesWithoutAllowzero(model: Model): number {
  let count = 0;
  rewriteNodes(model, (node, { opset }) => {
    if (node.domain === '' && node.opType === 'Reshape' && opset >= 14 && !node.attributes.has('allowzero')) count++;
    return null;
  });
  return count;
}

/** `HardSwish ×21, Gelu ×2`. */
function countText(counts: ReadonlyMap<string, number>): string {
  return [...counts].map(([name, count]) => `${name} ×${count}`).join(', ');
}
