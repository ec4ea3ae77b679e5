import { describe, expect, it } from 'vitest';
import { comparePageMessages, comparePageState, maxCompared } from '../../../../../src/protocol/compare-page';
import { ownSize, parse, parseState } from '../../../../../src/protocol/page';
import { splitPath } from '../../../../../webview-ui/compare/view';

describe('messages from the page', () => {
  const sort = { column: 'latency', descending: false } as const;

  it.each([
    { type: 'resize', size: { image: { height: 112, width: 112 }, batch: null } },
    { type: 'open', id: 'file:///a.onnx' },
    { type: 'export', format: 'csv', to: 'file', sort, isGrouped: true },
  ])('come through: $type', (sent) => {
    expect(parse(comparePageMessages, JSON.parse(JSON.stringify(sent)))).toEqual(sent);
  });

  it.each([
    ['no object', 'ready'],
    ['an unknown type', { type: 'run' }],
    ['a resolution beyond all bounds', { type: 'resize', size: { image: { height: 1e9, width: 112 }, batch: null } }],
    ['a column that there is not', { type: 'export', format: 'csv', to: 'file', sort: { ...sort, column: 'x' } }],
    ['a URI of a megabyte', { type: 'open', id: 'x'.repeat(1e6) }],
  ])('are refused: %s', (_name, sent) => {
    expect(parse(comparePageMessages, sent)).toBeNull();
  });
});

describe('what a page keeps over a reload', () => {
  const kept = {
    roots: ['file:///nets'],
    choice: { device: 'jetson-nano', runtime: 'pytorch-fp16' },
    size: { image: { height: 112, width: 112 }, batch: 4 },
    sort: { column: 'parameters', descending: true },
    isGrouped: false,
  };

  it('comes back', () => {
    expect(parseState(comparePageState, kept)).toEqual(kept);
  });

  it('comes back as far as it is whole', () => {
    const first = { column: 'throughput', descending: true };
    expect(
      parseState(comparePageState, { ...kept, size: 'large', choice: { device: 1 }, sort: null, isGrouped: 1 }),
    ).toEqual({
      roots: kept.roots,
      choice: null,
      size: ownSize,
      sort: first,
      isGrouped: true,
    });
    const whole = { roots: [], choice: null, size: ownSize, sort: first, isGrouped: true };
    expect(parseState(comparePageState, undefined)).toEqual(whole);
    expect(parseState(comparePageState, { roots: [1] })).toEqual(whole);
    expect(parseState(comparePageState, { roots: Array.from({ length: maxCompared + 1 }, () => 'file:///a') })).toEqual(
      whole,
    );
  });
});

describe('words of the page', () => {
  it('have paths in two parts', () => {
    expect(splitPath('nets/small/a.onnx')).toEqual({ name: 'a.onnx', folder: 'nets/small' });
    expect(splitPath('a.onnx')).toEqual({ name: 'a.onnx', folder: '' });
    expect(splitPath('C:\\nets\\a.onnx')).toEqual({ name: 'a.onnx', folder: 'C:\\nets' });
  });
});
