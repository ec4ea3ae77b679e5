import type { Dimension } from '../../model';
import { mapNumber } from '../dimensions';
import type { Rule } from '../rule';

/**
 * RNN, GRU and LSTM. X is [sequence, batch, input] (batch first with layout 1); outputs are Y
 * [sequence, directions, batch, hidden] and the last states [directions, batch, hidden].
 */
const recurrent =
  (states: number, gates: number): Rule =>
  (context) => {
    const x = context.shape(0);
    const directions = context.string('direction', 'forward') === 'bidirectional' ? 2 : 1;
    const stated = context.int('hidden_size', 0);
    const hidden: Dimension = stated > 0 ? stated : mapNumber(context.shape(1)?.[1], (n) => n / gates);
    const batchFirst = context.int('layout', 0) !== 0;
    const [sequence, batch] = batchFirst ? [x?.[1] ?? null, x?.[0] ?? null] : [x?.[0] ?? null, x?.[1] ?? null];
    const y = batchFirst ? [batch, sequence, directions, hidden] : [sequence, directions, batch, hidden];
    const state = batchFirst ? [batch, directions, hidden] : [directions, batch, hidden];
    return [
      context.output(context.type(0), y),
      ...Array.from({ length: states }, () => context.output(context.type(0), state)),
    ];
  };

export const recurrentRules: readonly (readonly [string, Rule])[] = [
  ['RNN', recurrent(1, 1)],
  ['GRU', recurrent(1, 3)],
  ['LSTM', recurrent(2, 4)],
];
