import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startStandIn, type StandIn } from '../../jetson/stand-in/stand-in';
import type { Workbench } from '../harness/workbench';
import {
  chooseInExplorer,
  continueIfAsked,
  forgetMeasurements,
  openFolderOfModels,
  pick,
  storedLandmarks,
  writeDevices,
  writeSshConfig,
} from './board';

let boards: readonly [StandIn, StandIn];
let workbench: Workbench;
beforeAll(async () => {
  forgetMeasurements();
  boards = [await startStandIn({ tensorrt: '8.2', paceMs: 1000 }), await startStandIn({ tensorrt: '10.3' })];
  const names = ['west', 'east'];
  const config = boards.map(({ server }, index) =>
    readFileSync(server.configFile, 'utf8').replace('Host board', `Host ${names[index]}`),
  );
  writeSshConfig(config.join('\n'));
  // The same board may well be there under two names.
  writeDevices([...names, 'twin of west'].map((name) => ({ name, host: name.split(' ').at(-1) })));
  workbench = await openFolderOfModels();
});
afterAll(async () => {
  await workbench.close();
  writeDevices([]);
  for (const board of boards) await board.stop();
});

const heading = (name: string, level: number) => workbench.webview().getByRole('heading', { level, name });
const measured = () => heading('Measured on stand-in', 2);
const standing = (): Promise<string> => workbench.webview().locator('.standing').innerText();
const timing = () => workbench.webview().locator('.stage.is-running').filter({ hasText: 'Measure' });
const enough = { timeout: 120_000 };

async function start(model: string, device: string, hasChosenBefore = true): Promise<void> {
  await chooseInExplorer(workbench, [`${model}.onnx`], 'Benchmark on Jetson…');
  if (hasChosenBefore) await pick(workbench, 'Device');
  await pick(workbench, new RegExp(`^\\s*${device}`));
  await pick(workbench, 'Start');
  await heading(model, 1).waitFor();
}

async function show(model: string, device: string): Promise<void> {
  await workbench.page
    .locator('.tab')
    .filter({ hasText: `${model} on ${device}` })
    .first()
    .click();
  await heading(model, 1).waitFor();
}

describe('benchmarks of one window', () => {
  it('run side by side on different boards', enough, async () => {
    await start('squeezenet', 'west', false);
    await continueIfAsked(workbench, timing());
    await timing().waitFor(enough);
    await start('mnasnet', 'east');
    await continueIfAsked(workbench, measured());
    await measured().waitFor(enough);
    expect(storedLandmarks()).toMatchObject([{ model: 'mnasnet', campaign: 'east' }]);
    await show('squeezenet', 'west');
    expect(await timing().count()).toBe(1);
  });

  it('wait for each other on one board, and can be cancelled while they wait', enough, async () => {
    await start('mnasnet', 'west');
    expect(await standing()).toContain('Waiting for another benchmark on west.');
    await workbench.screenshot('boards-waiting');
    await workbench.webview().getByRole('button', { name: 'Cancel' }).click();
    await expect.poll(standing).toContain('Cancelled before it started.');
  });

  it('wait on the board itself where it has two names here', enough, async () => {
    await chooseInExplorer(workbench, ['mobilenet small.onnx'], 'Benchmark on Jetson…');
    await pick(workbench, 'Device');
    await pick(workbench, 'twin of west');
    await pick(workbench, 'Start');
    await heading('mobilenet small', 1).waitFor();
    const waiting = workbench.webview().getByText('Waiting for another benchmark on the board').first();
    await continueIfAsked(workbench, waiting);
    await waiting.waitFor();
    await workbench.screenshot('boards-two-names');
    await boards[0].configure({ paceMs: 0 });
    await measured().waitFor(enough);
    await show('squeezenet', 'west');
    await measured().waitFor(enough);
    const stored = storedLandmarks().map(({ model, campaign }) => [model, campaign]);
    expect(stored).toEqual([
      ['mnasnet', 'east'],
      ['squeezenet', 'west'],
      ['mobilenet small', 'twin of west'],
    ]);
  });
});
