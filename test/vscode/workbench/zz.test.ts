import { it } from 'vitest';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openWorkbench } from '../harness/workbench';
it('x', async () => {
  const w = await openWorkbench({});
  for (let index = 0; index < 150; index++) writeFileSync(join(w.folder, `note-${index}.txt`), `Note ${index}`);
  await w.page.waitForTimeout(3000);
  const rows = w.page.locator('.explorer-folders-view .monaco-list-row');
  const b = await w.page.locator('.explorer-folders-view').boundingBox();
  console.log(b);
  await w.page.mouse.move(b!.x + 100, b!.y + 200);
  for (let i = 0; i < 6; i++) {
    await w.page.mouse.wheel(0, 500); const t=Date.now();
    console.log(await rows.count(), await rows.first().innerText(), await rows.last().innerText(), await rows.evaluateAll((e:any)=>e.map((x:any)=>x.dataset.index).join(' ')), Date.now()-t);
    await w.page.waitForTimeout(300);
  }
  await w.close();
});
