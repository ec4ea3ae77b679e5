import { it } from 'vitest';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openWorkbench } from '../harness/workbench';
it('x', async () => {
  const w = await openWorkbench({});
  for (let index = 0; index < 150; index++) writeFileSync(join(w.folder, `note-${index}.txt`), `Note ${index}`);
  const rows = w.page.locator('.explorer-folders-view .monaco-list-row');
  let t = Date.now(); const lap = (s: string) => { console.log(s, Date.now() - t); t = Date.now(); };
  const orig = w.page.mouse.wheel.bind(w.page.mouse);
  w.page.mouse.wheel = async (a, b) => { await orig(a, b); lap('wheel ' + b + ' ' + await rows.last().innerText()); };
  const row = await w.explorerRow('note-99.txt'); lap('row');
  await row.dblclick(); lap('dbl');
  await w.page.getByText('Note 99').waitFor(); lap('text');
  await w.openFile('README.md'); lap('readme');
  await w.close();
});
