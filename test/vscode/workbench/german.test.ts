import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openWorkbench, type Workbench } from '../harness/workbench';
import { overflowAt, violationsOf } from './accessible';
import { showAlone } from './side-bar';

let workbench: Workbench;
beforeAll(async () => {
  workbench = await openWorkbench({ language: 'de' });
});
afterAll(() => workbench.close());

describe('VS Code in German', () => {
  it('has the page of a model in German, with numbers as German writes them', async () => {
    await workbench.openFile('resnet18.onnx');
    const page = workbench.webview();
    await page.getByText('Details und Verfahren').waitFor();
    await workbench.screenshot('model-page-german');
    expect(await page.locator('html').getAttribute('lang')).toBe('de');
    const text = await page.locator('body').innerText();
    expect(text).toMatch(/\d,\d/);
    expect(text).not.toMatch(/What to change|Where the time goes|Details and method/);
    await page.getByText('Details und Verfahren').click();
    // What it was recognised by, and how its parameters were counted.
    await page.getByText('8 Residualblöcke (3×3, 3×3) in Stufen zu 2, 2, 2, 2').scrollIntoViewIfNeeded();
    await page.getByText('20 Biases von Faltungen, gewertet als Rest eingerechneter BatchNormalization').waitFor();
    await workbench.screenshot('model-details-german');
    expect(await violationsOf(workbench)).toEqual([]);
  });

  it.each([
    {
      name: 'boards',
      open: async () => await workbench.runCommand('Framecast: Boards vergleichen'),
      heading: 'Boards für resnet18.onnx',
      says: [/\d,\d{1,2} FPS/, /Die schnellsten zuerst/, /von \d,\d\d GiB/],
    },
    {
      name: 'compare',
      open: async () => await workbench.runCommand('Framecast: Modelle vergleichen…'),
      heading: 'Vergleich: Arbeitsbereich',
      says: [/\d\d Modelle[.:]/, /\d,\d\d M/, /FPS gegen Parameter/],
    },
    {
      name: 'fas',
      open: async () => await workbench.runCommand('Framecast: Face-Anti-Spoofing-Modelle anzeigen'),
      heading: 'Face-Anti-Spoofing-Modelle',
      says: [/13,72\u00a0?\s?%/, /Pareto-Front/, /gemessen/],
    },
    {
      name: 'accuracy',
      open: async () => await workbench.runCommand('Framecast: Genauigkeit und FPS anzeigen'),
      heading: 'Genauigkeit gegen FPS und Größe',
      says: [/80,86/, /Beste Gewichte/, /Quelle der Genauigkeiten/],
    },
    {
      name: 'pipeline',
      open: async () => {
        await workbench.openFile('pipeline.yaml');
        await workbench.runCommand('Framecast: Pipeline öffnen');
      },
      heading: 'pipeline.yaml',
      says: [
        /bei (1 Gesicht|\d+ Gesichtern) im Bild/,
        /\d,\d+ FPS \(\d+,?\d* bis/,
        /(Verfehlt|Hält).* 30 FPS der Kamera/,
      ],
    },
    {
      name: 'fit',
      open: async () => {
        await showAlone(workbench, 'Messpunkte', ['Modelle', 'Geräte', 'Messpunkte', 'Face Anti-Spoofing']);
        await workbench.runCommand('Framecast: Anpassung anzeigen');
      },
      heading: 'Messpunkte (gemessene FPS) und ihre Anpassungen',
      says: [/\d+ Messpunkte/, /𝒯 = −?\d+,\d/, /Gleichung 2/],
    },
  ])(
    'has the page $name in German, which fits when it is narrow and when it is wide',
    async ({ name, open, ...page }) => {
      await workbench.resize(1600, 1000);
      await open();
      await workbench.webview().getByRole('heading', { name: page.heading, exact: true }).waitFor({ timeout: 60_000 });
      const text = async () => (await workbench.webview().locator('#page').textContent()) ?? '';
      for (const words of page.says) await expect.poll(text).toMatch(words);
      expect(await text()).not.toMatch(/\b(the|is|are|predicted|measured|models|landmarks)\b/);
      expect(await violationsOf(workbench)).toEqual([]);
      for (const width of [300, 1600]) {
        expect(await overflowAt(workbench, width, width === 300 ? 2400 : 1400)).toBeLessThanOrEqual(0);
        await workbench.screenshot(`german-${name}-${width}`);
      }
    },
  );

  it('has commands in German', async () => {
    await workbench.page.keyboard.press('F1');
    await workbench.page.keyboard.type('Modelle vergleichen');
    await workbench.page
      .locator('.quick-input-list .monaco-list-row')
      .filter({ hasText: 'Modelle vergleichen…' })
      .first()
      .waitFor();
    await workbench.page.keyboard.press('Escape');
  });

  it('asks in German for the options of a reference model', async () => {
    await workbench.runCommand('Framecast: Neues Referenzmodell…');
    const list = workbench.page.locator('.quick-input-list .monaco-list-row');
    await list.filter({ hasText: 'wie in torchvision' }).first().waitFor();
    await workbench.page.keyboard.type('MobileFaceNet');
    await list.filter({ hasText: 'scale 2 ist das Netz von InsightFace' }).waitFor();
    await workbench.screenshot('german-reference-model');
    await workbench.page.keyboard.press('Escape');
  });
});
