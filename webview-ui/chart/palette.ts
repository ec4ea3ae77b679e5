/** Colours and font of the theme as the page shows it, for what is drawn on a canvas. */
export interface Palette {
  readonly text: string;
  readonly strong: string;
  readonly muted: string;
  readonly grid: string;
  /** Behind sections, and so behind charts. */
  readonly surface: string;
  readonly border: string;
  readonly landmarks: string;
  readonly curve: string;
  readonly model: string;
  readonly good: string;
  readonly bad: string;
  readonly caution: string;
  /** For groups that are drawn side by side, in this order; shapes tell them apart too. */
  readonly series: readonly string[];
  readonly font: string;
  /** Of the page's text; names and ticks in charts are a little smaller. */
  readonly fontPixels: number;
  /** The value of a CSS variable under this theme, such as `--good`. */
  readonly colour: (variable: string) => string;
}

/** The variables behind `Palette.series`. */
export const seriesColours = [
  'charts-blue',
  'charts-orange',
  'charts-green',
  'charts-purple',
  'charts-red',
  // `charts-yellow` can hardly be told from orange.
  'terminal-ansiCyan',
  'terminal-ansiMagenta',
  'charts-foreground',
].map((name) => `--vscode-${name}`);

/** Reads the colours that the theme has now. */
export function readPalette(): Palette {
  const style = getComputedStyle(document.body);
  const read = (name: string): string => style.getPropertyValue(name).trim();
  return {
    text: read('--page-text'),
    strong: read('--page-strong'),
    muted: read('--page-muted'),
    grid: read('--chart-grid'),
    surface: read('--page-surface'),
    border: read('--page-border'),
    landmarks: read('--chart-landmark'),
    curve: read('--chart-curve'),
    model: read('--chart-model'),
    good: read('--good'),
    bad: read('--bad'),
    caution: read('--caution'),
    series: seriesColours.map(read),
    font: style.fontFamily,
    fontPixels: Number.parseFloat(style.fontSize) || 13,
    colour: read,
  };
}

/** The font of what is written into a chart. */
export function chartFont({ font, fontPixels }: Palette) {
  return { family: font, size: Math.round(0.85 * fontPixels) };
}

/** The height of a line of it, in pixels. */
export function chartLineHeight(palette: Palette): number {
  return Math.round(1.3 * chartFont(palette).size);
}

/** How the tooltips of all charts look: like VS Code's own hovers. */
export function tooltipStyle(palette: Palette) {
  const font = { family: palette.font, size: Math.round(0.92 * palette.fontPixels) };
  return {
    backgroundColor: palette.surface,
    borderColor: palette.border || palette.muted,
    borderWidth: 1,
    titleColor: palette.strong,
    titleFont: font,
    bodyColor: palette.text,
    bodyFont: font,
    padding: 10,
    cornerRadius: 4,
    displayColors: false,
  };
}

/** How the ticks and titles of all axes look. */
export function axisStyle(palette: Palette) {
  const font = chartFont(palette);
  return {
    ticks: { color: palette.muted, font },
    title: (text: string) => ({ display: true, text, color: palette.muted, font }),
    grid: { color: palette.grid, drawTicks: false },
  };
}
