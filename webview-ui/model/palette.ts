/** Colours and font of the theme as the page shows it, for what is drawn on a canvas. */
export interface Palette {
  readonly text: string;
  readonly muted: string;
  readonly grid: string;
  readonly surface: string;
  readonly border: string;
  readonly landmarks: string;
  readonly curve: string;
  readonly model: string;
  readonly font: string;
}

export function readPalette(): Palette {
  const style = getComputedStyle(document.body);
  const read = (name: string): string => style.getPropertyValue(name).trim();
  return {
    text: read('--page-text'),
    muted: read('--page-muted'),
    grid: read('--chart-grid'),
    surface: read('--page-surface'),
    border: read('--page-border'),
    landmarks: read('--chart-landmark'),
    curve: read('--chart-curve'),
    model: read('--chart-model'),
    font: style.fontFamily,
  };
}

/** How the tooltips of all charts look: like VS Code's own hovers. */
export function tooltipStyle(palette: Palette) {
  return {
    backgroundColor: palette.surface,
    borderColor: palette.border,
    borderWidth: 1,
    bodyColor: palette.text,
    bodyFont: { family: palette.font, size: 12 },
    padding: 10,
    cornerRadius: 4,
    displayColors: false,
  };
}
