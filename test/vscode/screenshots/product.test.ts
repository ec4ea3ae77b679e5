/** The pictures of README.md, taken from the real workbench: `npm run screenshots` writes them. */
import { afterAll, beforeAll, describe, it } from 'vitest';
import { openWorkbench, type Theme, type Workbench } from '../harness/workbench';

const wide = { width: 1280, height: 800 };
const settings = {
  'window.commandCenter': false,
  'window.title': '${activeEditorShort}${separator}${rootName}',
  'editor.minimap.enabled': false,
};
const narrow = { width: 820, height: 900 };

describe.each<Theme>(['light', 'dark', 'high-contrast'])('%s', (theme) => {
  let workbench: Workbench;
  beforeAll(async () => {
    workbench = await openWorkbench({ theme, size: wide, settings, scale: 2 });
    await workbench.openFile('resnet18.onnx');
  });
  afterAll(() => workbench.close());

  /** The page with its chart drawn, and the mouse out of the way. */
  async function settled(): Promise<void> {
    await workbench.page.mouse.move(2, 2);
    await workbench.webview().locator('canvas').first().waitFor();
    await workbench.page.waitForTimeout(1500); // the chart's animation
  }

  it('the page of a model', async () => {
    await settled();
    await workbench.screenshot(`editor-${theme}`);
  });

  it('the same in a narrow window', async () => {
    await workbench.resize(narrow.width, narrow.height);
    await settled();
    await workbench.screenshot(`editor-narrow-${theme}`);
    await workbench.resize(wide.width, wide.height);
  });

  it('a hover over a path in a source file', async () => {
    await workbench.openFile('deploy.py');
    await workbench.hover('mobilenet_v2_w0.5.onnx');
    await workbench.page.getByText('FPS').first().waitFor();
    await workbench.screenshot(`hover-${theme}`);
  });
});
