import { describe, expect, it } from 'vitest';
import { shortName, shortSentence } from '../../../src/core/text';
import run from '../../fuzz/case';

/** Cases of npm run fuzz in which something was wrong, with what it was and how they end now. */
const found = [
  [500005502, 'a name that turns text around in a message about a cycle', 'answered'],
  [500006764, 'a percentage of no multiply–accumulates', 'answered'],
  [500021340, 'control characters in the name of the input', 'answered'],
  [500056426, 'one of these again', 'answered'],
  [604004754, 'a reshape whose sizes were dealt out to its axes for ever', 'answered'],
  [730001312, 'lines and tabs of a name in a message about its operator', 'invalid-graph'],
] as const;

describe('what fuzzing has found', () => {
  it.each(found)('stays mended: %i, %s', async (seed, _, expected) => {
    const { end, fault } = await run({ seed, kind: 'mutated' });
    expect([end, fault]).toEqual([expected, null]);
  });

  it('is kept out of every name and sentence', () => {
    expect(shortName('a\u202e\u001b[31m\nb')).toBe('a\ufffd␛[31m␊b');
    expect(shortName(`${'😀'.repeat(50)}a\ud800`)).toMatch(/^😀{30}…\ufffd😀+a\ufffd$/u);
    expect(shortSentence('a\u202e\u007fb\n\tc')).toBe('a\ufffd␡b␊␉c');
  });
});
