import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import type { LandmarkLibrary } from '../../../../../src/vscode/services/landmark-library';
import type { ModelService } from '../../../../../src/vscode/services/model-service';
import { registerFasPages } from '../../../../../src/vscode/pages/fas/fas-pages';
import { EventEmitter, Panel, panels, settings, Uri, viewProviders } from '../../fake-vscode';

vi.mock('vscode', () => import('../../fake-vscode'));

const folder = mkdtempSync(path.join(tmpdir(), 'framecast-fas-'));
let pages: { dispose(): unknown };
let page: Panel;
let view: Panel;

beforeAll(async () => {
  settings.set('framecast.fasModels', path.join(folder, 'fas-models.jsonl'));
  const landmarks = { onDidChange: new EventEmitter().event } as unknown as LandmarkLibrary;
  pages = registerFasPages(Uri.file('/extension') as never, {} as ModelService, landmarks);
  const { commands } = await import('../../fake-vscode');
  await commands.executeCommand('framecast.compareFas');
  page = panels.at(-1)!;
  view = new Panel();
  viewProviders.get('framecast.fas')?.resolveWebviewView(view);
  for (const each of [page, view]) each.send({ type: 'ready' });
});
afterAll(() => {
  pages.dispose();
  rmSync(folder, { recursive: true });
});

/** Names and ids of the user's own models, once the page shows as many. */
async function ownModels(count: number): Promise<readonly { readonly id: string; readonly name: string }[]> {
  return await vi.waitFor(() => {
    const rows = (page.last('fas')?.rows ?? []) as { id: string; name: string; origin: string }[];
    const own = rows.filter(({ origin }) => origin === 'own');
    expect(own).toHaveLength(count);
    return own;
  });
}

async function noticeOf(surface: Panel, sentence: string): Promise<void> {
  await vi.waitFor(() => expect(surface.last('notice')?.sentences).toEqual([sentence]));
}

function add(surface: Panel, name: string): void {
  surface.send({ type: 'save', draft: null, id: null, fields: { name, hter: '5', throughput_fps: '20' } });
}

it('undoes a change once, however often Undo is clicked', async () => {
  add(page, 'one');
  const [one] = await ownModels(1);
  page.send({ type: 'remove', id: one!.id });
  await ownModels(0);
  page.send({ type: 'undo' });
  page.send({ type: 'undo' });
  await noticeOf(page, 'Undone.');
  await ownModels(1);
  // Whatever a second undo would write comes before this.
  add(page, 'two');
  await noticeOf(page, 'two was added.');
  expect((await ownModels(2)).map(({ name }) => name)).toEqual(['one', 'two']);
});

it('undoes on each surface what was changed there', async () => {
  add(view, 'of the view');
  await ownModels(3);
  add(page, 'of the page');
  await ownModels(4);
  view.send({ type: 'undo' });
  await noticeOf(view, 'Undone.');
  expect((await ownModels(3)).map(({ name }) => name)).toEqual(['one', 'two', 'of the page']);
});
