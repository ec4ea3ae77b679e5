import {
  BarController,
  BarElement,
  CategoryScale,
  Chart,
  LinearScale,
  LineElement,
  LogarithmicScale,
  PointElement,
  ScatterController,
  Tooltip,
} from 'chart.js';

Chart.register(
  ...[ScatterController, BarController, LinearScale, LogarithmicScale, CategoryScale],
  ...[PointElement, LineElement, BarElement, Tooltip],
);

/** With the parts that the pages' charts need, and no others. */
export { Chart };
