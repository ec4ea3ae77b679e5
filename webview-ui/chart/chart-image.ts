import type { Chart } from 'chart.js';
import type { ChartSpec } from './chart-spec';
import { drawLegend } from './legend';
import { chartEngine, completed } from './live-chart';
import { readPalette, type Palette } from './palette';

/** Size of the plot in CSS pixels, whatever the page's own is, and device pixels for each of them. */
const plot = { width: 960, height: 500 };
const density = 2;
const margin = 28;

/**
 * A chart as a PNG file with title and key, in the colours of the theme and of one size on every screen: 1,920 pixels
 * wide and about 1,200 high. Fails only if the browser cannot encode it.
 */
export async function chartImage(spec: ChartSpec): Promise<Uint8Array<ArrayBuffer>> {
  const palette = { ...readPalette(), fontPixels: 13 };
  const chart = await plotOnly(spec, palette);
  try {
    const picture = withTitleAndKey(chart.canvas, spec, palette);
    const blob = await new Promise<Blob | null>((done) => picture.toBlob(done, 'image/png'));
    if (blob === null) throw new Error('The picture of the chart could not be encoded.');
    return new Uint8Array(await blob.arrayBuffer());
  } finally {
    chart.destroy();
  }
}

async function plotOnly(spec: ChartSpec, palette: Palette): Promise<Chart> {
  const engine = await chartEngine();
  const canvas = document.createElement('canvas');
  canvas.width = plot.width;
  canvas.height = plot.height;
  const configuration = completed(spec, palette, { onPage: false });
  return new engine.Chart(canvas, {
    ...configuration,
    options: { ...configuration.options, devicePixelRatio: density, events: [] },
  });
}

function withTitleAndKey(drawn: HTMLCanvasElement, spec: ChartSpec, palette: Palette): HTMLCanvasElement {
  const width = plot.width + 2 * margin;
  const measuring = document.createElement('canvas').getContext('2d')!;
  const head = writeHead(measuring, spec, palette);
  const key = drawLegend(measuring, spec.legend, palette, { left: margin, top: 0, width: plot.width });
  const picture = document.createElement('canvas');
  picture.width = width * density;
  picture.height = (margin + head + plot.height + 12 + key + margin) * density;
  const context = picture.getContext('2d')!;
  context.scale(density, density);
  context.fillStyle = opaque(palette);
  context.fillRect(0, 0, width, picture.height / density);
  writeHead(context, spec, palette);
  context.drawImage(drawn, margin, margin + head, plot.width, plot.height);
  const top = margin + head + plot.height + 12;
  drawLegend(context, spec.legend, palette, { left: margin, top, width: plot.width });
  return picture;
}

/** Writes title and subtitle, broken into lines; returns the height that they take. */
function writeHead(context: CanvasRenderingContext2D, { title, subtitle }: ChartSpec, palette: Palette): number {
  context.textBaseline = 'top';
  let top = margin;
  const write = (text: string, font: string, colour: string, lineHeight: number): void => {
    context.font = font;
    context.fillStyle = colour;
    for (const line of wrapped(context, text)) {
      context.fillText(line, margin, top);
      top += lineHeight;
    }
  };
  write(title, `600 18px ${palette.font}`, palette.strong, 26);
  if (subtitle !== undefined) write(subtitle, `13px ${palette.font}`, palette.muted, 19);
  return top - margin + 10;
}

function wrapped(context: CanvasRenderingContext2D, text: string): readonly string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (line !== '' && context.measureText(longer).width > plot.width) {
      lines.push(line);
      line = word;
    } else {
      line = longer;
    }
  }
  return line === '' ? lines : [...lines, line];
}

/** The surface behind charts; the editor's own background where a theme has none. */
function opaque({ surface, colour }: Palette): string {
  return surface !== '' && surface !== 'transparent' ? surface : colour('--vscode-editor-background') || '#ffffff';
}
