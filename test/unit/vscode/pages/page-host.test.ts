import * as v from 'valibot';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { registerTabs, type Surface } from '../../../../src/vscode/pages/page-host';
import { EventEmitter, panels, restore, Uri, type Panel } from '../fake-vscode';

vi.mock('vscode', () => import('../fake-vscode'));

interface X {
  readonly message: { readonly type: 'do'; readonly what: string };
  readonly state: { readonly name: string };
  readonly host: { readonly type: 'shown'; readonly text: string };
}

let surface: Surface<X>;
const receive = vi.fn<(message: X['message']) => Promise<void>>();
const changed = new EventEmitter<void>();
const tabs = registerTabs(Uri.file('/extension') as never, {
  bundle: 'x',
  viewType: 'test.x',
  title: 'X',
  messages: v.variant('type', [v.object({ type: v.literal('do'), what: v.string() })]),
  state: v.object({ name: v.fallback(v.string(), 'new') }),
  keyOf: ({ name }) => name,
  follows: { onDidChange: changed.event as never },
  start: (each: Surface<X>, { name }: X['state']) => {
    surface = each;
    return { receive: { do: receive }, refresh: () => each.post({ type: 'shown', text: name }) };
  },
});

/** A task's end, which the test decides. */
function outcome() {
  let resolve = (): void => undefined;
  let reject: (error: Error) => void = () => undefined;
  const promise = new Promise<void>((...ends) => ([resolve, reject] = ends));
  return { promise, resolve: () => resolve(), reject: (error: Error) => reject(error) };
}

function open(): Panel {
  tabs.show({ name: `tab ${panels.length}` });
  const panel = panels.at(-1)!;
  panel.send({ type: 'ready' });
  return panel;
}

beforeEach(() => {
  receive.mockReset();
  receive.mockResolvedValue();
  vi.spyOn(console, 'error').mockReturnValue();
});
afterEach(() => vi.restoreAllMocks());

describe('a page', () => {
  it('is sent nothing before it listens, and everything whenever it is loaded', () => {
    tabs.show({ name: 'first' });
    const panel = panels.at(-1)!;
    surface.post({ type: 'shown', text: 'too early' });
    expect(panel.posted).toEqual([]);
    panel.send({ type: 'ready' });
    panel.send({ type: 'ready' });
    expect(panel.posted).toEqual([
      { type: 'shown', text: 'first' },
      { type: 'shown', text: 'first' },
    ]);
  });

  it('is refreshed when what it follows changes, until it is closed', () => {
    const panel = open();
    changed.fire();
    expect(panel.posted).toHaveLength(2);
    panel.close();
    changed.fire();
    expect(panel.posted).toHaveLength(2);
  });

  it('opens once for each key, and again once it is closed', () => {
    const before = panels.length;
    tabs.show({ name: 'one' });
    tabs.show({ name: 'one' });
    expect(panels).toHaveLength(before + 1);
    panels.at(-1)!.close();
    tabs.show({ name: 'one' });
    expect(panels).toHaveLength(before + 2);
  });

  it('comes back after a reload with what it kept, or as new', async () => {
    const kept = await restore('test.x', { name: 'kept' });
    kept.send({ type: 'ready' });
    expect(kept.last('shown')).toEqual({ type: 'shown', text: 'kept' });
    const broken = await restore('test.x', 'broken');
    broken.send({ type: 'ready' });
    expect(broken.last('shown')).toEqual({ type: 'shown', text: 'new' });
  });

  it('can load nothing, run nothing and send no form but its own', () => {
    const { html } = open().webview;
    const policy = /Content-Security-Policy" content="([^"]*)"/.exec(html)?.[1]?.split('; ') ?? [];
    expect(policy).toEqual([
      `default-src 'none'`,
      'style-src csp',
      expect.stringMatching(/^script-src 'nonce-[\da-f-]{36}'$/),
      `base-uri 'none'`,
      `form-action 'none'`,
    ]);
  });
});

describe('what goes wrong', () => {
  it.each([
    ['a message that is not understood', { type: 'quit' }],
    ['no message', null],
  ])('is said on the page: %s', async (_name, message) => {
    const panel = open();
    panel.send(message);
    await vi.waitFor(() => expect(panel.last('error')?.sentence).toContain('does not understand'));
    expect(receive).not.toHaveBeenCalled();
  });

  it('is said on the page: an answer that fails', async () => {
    const panel = open();
    receive.mockRejectedValue(new Error('no disk'));
    panel.send({ type: 'do', what: 'x' });
    await vi.waitFor(() => expect(panel.last('error')?.sentence).toContain('no disk'));
  });

  it('is said on the page: a result that fails', async () => {
    const panel = open();
    surface.latest(() => Promise.reject(new Error('no figures')));
    await vi.waitFor(() => expect(panel.last('error')?.sentence).toContain('no figures'));
  });
});

describe('results that take a while', () => {
  it('are dropped, with their errors, once newer ones are asked for or the page is closed', async () => {
    const panel = open();
    const done: string[] = [];
    const task = (text: string, end: Promise<void>): void =>
      surface.latest(async (_signal, post) => {
        await end.finally(() => done.push(text));
        post({ type: 'shown', text });
      });
    const slow = outcome();
    const failing = outcome();
    task('slow', slow.promise);
    task('failing', failing.promise);
    task('new', Promise.resolve());
    slow.resolve();
    failing.reject(new Error('too late'));
    await vi.waitFor(() => expect(done.sort()).toEqual(['failing', 'new', 'slow']));
    await new Promise(setImmediate);
    expect(panel.posted.slice(1)).toEqual([{ type: 'shown', text: 'new' }]);
    const last = outcome();
    task('last', last.promise);
    panel.close();
    last.resolve();
    await vi.waitFor(() => expect(done).toContain('last'));
    await new Promise(setImmediate);
    expect(panel.posted).toHaveLength(2);
  });
});
