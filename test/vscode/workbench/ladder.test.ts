import { afterAll, beforeAll, expect, it } from 'vitest';
import type { StandIn } from '../../jetson/stand-in/stand-in';
import type { Workbench } from '../harness/workbench';
import { answer, forgetMeasurements, openFolderOfModels, pick, startBoard, writeDevices } from './board';

let board: StandIn;
let workbench: Workbench;
beforeAll(async () => {
  forgetMeasurements();
  writeDevices([]);
  board = await startBoard({ tensorrt: '8.2' });
  workbench = await openFolderOfModels();
});
afterAll(async () => {
  await workbench.close();
  await board.stop();
});

it('shows the models of a ladder with their sizes before anything is sent', { timeout: 120_000 }, async () => {
  await workbench.runCommand('Framecast: Measure Landmark Ladder…');
  await pick(workbench, 'from ~/.ssh/config');
  await answer(workbench, 'Name of board', null);
  await pick(workbench, 'TensorRT FP16');
  const { page } = workbench;
  await page.getByPlaceholder(/Families that are to get a fit/).waitFor();
  await page.keyboard.press('Enter');
  await page.getByPlaceholder(/^OK sends these models/).waitFor({ timeout: 60_000 });
  const rows = page.locator('.quick-input-list .monaco-list-row');
  expect(await rows.count()).toBeGreaterThan(0);
  for (const row of await rows.allInnerTexts()) expect(row).toMatch(/at \d+×\d+[\s\S]*[KMG]?B[\s\S]*parameters/);
  await workbench.screenshot('ladder-models');
  await page.keyboard.press('Escape');
});
