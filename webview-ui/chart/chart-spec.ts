import type { ChartConfiguration } from 'chart.js';
import type { ChartTable } from './chart-table';
import type { LegendEntry } from './legend';
import type { Palette } from './palette';

/** All that a page says about one of its charts; drawing, keyboard and export follow from it. */
export interface ChartSpec {
  /** Unlike all others on the page. */
  readonly id: string;
  /** What is drawn, without the figures: `Throughput of ResNet models over their parameters`. */
  readonly title: string;
  /** Where and how it was measured or predicted; shown in the image below the title. */
  readonly subtitle?: string;
  /** What the saved picture is called, without `.png`. */
  readonly fileName: string;
  /** Called for every theme and every image. Points with a `label`, and all bars, can be reached with the keyboard. */
  readonly configure: (palette: Palette) => AnyChartConfiguration;
  readonly legend: readonly LegendEntry[];
  /** Called again for the clipboard, which gets it in English. */
  readonly table: () => ChartTable;
  /** What opens the table; null if the page shows the same table elsewhere. Default: `Show as a table`. */
  readonly tableTitle?: string | null;
  /** False where the page shows the key elsewhere. */
  readonly showsLegend?: boolean;
  /** A class of the canvas, for the page's own style. */
  readonly canvasClass?: string;
}

/** The kinds of chart that pages draw. */
export type AnyChartConfiguration = ChartConfiguration<'scatter'> | ChartConfiguration<'bar'>;

/** A point of a scatter chart that the keyboard reaches, and its tooltip. */
export interface LabelledPoint {
  readonly x: number;
  readonly y: number;
  /** The lines of its tooltip, which are read out too. */
  readonly label: string | readonly string[];
}
