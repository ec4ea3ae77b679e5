import { expect, it } from 'vitest';
import { anySignal } from '../../../src/core/any-signal';

it('is aborted with the first of its signals, for that one’s reason, or from the start', () => {
  const [one, other] = [new AbortController(), new AbortController()];
  const either = anySignal([one.signal, other.signal]);
  expect(either.aborted).toBe(false);
  other.abort('enough');
  one.abort('too late');
  expect(either).toMatchObject({ aborted: true, reason: 'enough' });
  expect(anySignal([new AbortController().signal, other.signal])).toMatchObject({ aborted: true, reason: 'enough' });
});
