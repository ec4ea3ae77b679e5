import { describe, expect, it } from 'vitest';
import { runtimes } from '../../../src/core/landmarks/landmark';
import { modelPageMessages, modelPageState } from '../../../src/protocol/model-page';
import { commonMessages, ownSize, parse, parseState, runtimeSchema } from '../../../src/protocol/page';

const choice = { device: 'jetson-nano', runtime: 'tensorrt-fp16' } as const;

describe('messages from the page', () => {
  it('come through', () => {
    const size = { image: { height: 320, width: 640 }, batch: null };
    expect(parse(modelPageMessages, { type: 'resize', size })).toEqual({ type: 'resize', size });
    expect(parse(commonMessages, { type: 'choose', choice })).toEqual({ type: 'choose', choice });
  });

  it('say that the page is ready whatever it kept', () => {
    for (const state of [undefined, null, 'x', { size: 7 }]) {
      expect(parse(commonMessages, { type: 'ready', state })).toEqual({ type: 'ready', state });
    }
  });

  it('name every runtime', () => {
    expect(runtimeSchema.options).toEqual(runtimes);
  });

  it.each([
    ['null', null],
    ['an unknown type', { type: 'executeCommand', command: 'workbench.action.quit' }],
    ['an unknown runtime', { type: 'choose', choice: { device: 'jetson-nano', runtime: 'magic' } }],
    ['a choice that is a text', { type: 'choose', choice: 'jetson-nano' }],
    ['a resolution of 0', { type: 'resize', size: { image: { height: 0, width: 320 }, batch: null } }],
    ['a resolution between pixels', { type: 'resize', size: { image: { height: 224.5, width: 224 }, batch: null } }],
    ['a resolution beyond any camera', { type: 'resize', size: { image: { height: 1e9, width: 224 }, batch: null } }],
    ['a batch that is a text', { type: 'resize', size: { image: null, batch: '4' } }],
    ['a size that lacks its batch', { type: 'resize', size: { image: { height: 224, width: 224 } } }],
  ])('are refused with %s', (_name, data) => {
    expect(parse(commonMessages, data) ?? parse(modelPageMessages, data)).toBeNull();
  });
});

describe('what a page keeps', () => {
  const first = { choice: null, size: ownSize, grouping: 'kind', showsAll: false, scrollTop: 0 };

  it('comes back', () => {
    const kept = {
      choice,
      size: { image: { height: 320, width: 320 }, batch: 4 },
      grouping: 'stage',
      showsAll: true,
      scrollTop: 12,
    };
    expect(parseState(modelPageState, kept)).toEqual(kept);
  });

  it.each([
    ['nothing', undefined],
    ['another type', 'kept'],
    ['a choice without a runtime', { choice: { device: 'jetson-nano' } }],
    ['a negative size', { size: { image: { height: -1, width: 224 }, batch: 4 } }],
    ['an unknown grouping', { grouping: 'colour', scrollTop: Number.NaN }],
  ])('is as at first for %s', (_name, kept) => {
    expect(parseState(modelPageState, kept)).toEqual(first);
  });
});
