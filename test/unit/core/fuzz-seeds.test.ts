import { describe, expect, it } from 'vitest';
import { shortName, shortSentence } from '../../../src/core/text';
import run from '../../fuzz/case';

/** Cases of npm run fuzz in which something was wrong, with what it was. */
const found: readonly (readonly [seed: number, what: string, end?: string])[] = [
  [500005502, 'a name that turns text around in a message about a cycle'],
  [500006764, 'a percentage of no multiply–accumulates'],
  [500021340, 'control characters in the name of the input'],
  [500056426, 'one of these again'],
  [604004754, 'a reshape whose sizes were dealt out to its axes for ever'],
  [730001312, 'lines and tabs of a name in a message about its operator', 'invalid-graph'],
];

describe('what fuzzing has found', () => {
  it.each(found)('stays mended: %i, %s', async (seed, _, expected = 'answered') => {
    const { end, fault } = await run({ seed, kind: 'mutated' });
    expect([end, fault]).toEqual([expected, null]);
  });

  it('is kept out of every name and sentence', () => {
    expect(shortName('a\u202e\u001b[31m\nb')).toBe('a\ufffd␛[31m␊b');
    expect(shortName(`${'😀'.repeat(50)}a\ud800`)).toMatch(/^😀{30}…\ufffd😀+a\ufffd$/u);
    expect(shortSentence('a\u202e\u007fb\n\tc')).toBe('a\ufffd␡b␊␉c');
  });
});
