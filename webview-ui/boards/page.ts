import { html, nothing, svg, type TemplateResult } from 'lit-html';
import { enteredFigure, formatMemory, formatTarget } from '../../src/core/figures';
import { inEnglish, t, wholeNumber } from '../../src/core/language';
import type { BoardRow } from '../../src/core/present/boards-view';
import { verdictLabel } from '../../src/core/estimate/verdict';
import { certaintyText } from '../../src/core/present/sentences';
import type { BoardsFailedMessage, BoardsMessage, BoardsPage } from '../../src/protocol/boards-page';
import { copyCsvOf, type ChartExportMessage } from '../../src/protocol/chart-export';
import { figure, table, type TableRow } from '../controls/table';
import type { Post } from '../../src/protocol/page';

/** Bars end at so many times the target. */
const maxOfTarget = 6;

/** A model on every board and power mode, as a table with a bar in each row. */
export function boardsPage(message: BoardsMessage, post: Post<BoardsPage>): TemplateResult {
  const { fileName, runtime, operatingPoint, targetFps, rows } = message;
  const smallest = rows.find(({ isSmallest }) => isSmallest) ?? null;
  const highest = Math.max(targetFps ?? 0, ...rows.map(({ fps, highFps }) => Math.max(fps ?? 0, highFps ?? 0)));
  // The fastest boards would press the others together at the start of their bars.
  const end = 1.05 * Math.min(highest, targetFps === null ? Infinity : maxOfTarget * targetFps);
  return html`<main class="boards">
    <header class="title">
      <div class="title-text">
        <p class="file-name">${[runtime, operatingPoint].filter((part) => part !== '').join(', ')}</p>
        <h1>${t('Boards for {0}', fileName)}</h1>
      </div>
      <button class="link" @click=${() => post({ type: 'openModel' })}>${t('Open Model')}</button>
    </header>
    <section aria-label=${t('Boards')}>
      <p class="answer">
        ${answerOf(targetFps, smallest)}
        <button class="link" @click=${() => post({ type: 'setTarget' })}>
          ${targetFps === null ? t('Set a target') : t('Change target')}
        </button>
      </p>
      <p class="subtitle">
        ${
          targetFps === null
            ? t('Fastest first.')
            : t(
                'Boards that meet the target come first, the smallest at the top and rare modules after the others; then those that do not, the fastest first.',
              )
        }
        ${t('Prices are not known: a board counts as smaller the less its GPU can compute. Watts are what the power mode is limited to, if NVIDIA says so.')}
      </p>
      <div class="table-frame" tabindex="0" role="region" aria-label=${t('Boards and power modes')}>
        ${table(
          [
            t('Board'),
            { name: t('Power mode'), kind: 'is-mode' },
            { name: barTitle(highest > end ? end : null, targetFps), kind: 'bar-column' },
            figure('FPS'),
            figure(t('Interval'), 'optional'),
            t('Verdict'),
            { name: t('Memory'), kind: 'is-wide' },
            { name: t('How sure'), kind: 'is-wide' },
          ],
          rows.map((row) => boardRow(row, end, targetFps)),
        )}
      </div>
      <div class="actions chart-actions" role="group" aria-label=${t('Export: {0}', t('Boards'))}>
        <button class="link" @click=${() => post(csv(message))}>${t('Copy as CSV')}</button>
      </div>
    </section>
  </main>`;
}

/** The page for a model that cannot be read. */
export function failedBoards({ fileName, message }: BoardsFailedMessage): TemplateResult {
  return html`<main class="message">
    <p class="file-name">${fileName}</p>
    <h1>${t('The model cannot be read')}</h1>
    <p class="sentence" role="alert">${message}</p>
  </main>`;
}

function answerOf(targetFps: number | null, smallest: BoardRow | null): string {
  if (targetFps === null) return t('Set a target to see which board is enough.');
  if (smallest === null) return t('No board is predicted to meet {0}.', formatTarget(targetFps));
  const { name, powerMode, throughput } = smallest;
  const board = powerMode === null ? name : t('{0} in {1}', name, powerMode);
  const isSure = typeof smallest.verdict !== 'object' || smallest.verdict?.isSure !== false;
  return isSure
    ? t('The smallest board that meets {0} is {1}, with {2}.', formatTarget(targetFps), board, throughput)
    : t('The smallest board that probably meets {0} is {1}, with {2}.', formatTarget(targetFps), board, throughput);
}

/** What the bars show, and where they end if some are longer. */
function barTitle(end: number | null, targetFps: number | null): string {
  return [
    t('FPS and interval'),
    ...(end === null ? [] : [t('up to {0}', wholeNumber(Math.round(end)))]),
    ...(targetFps === null ? [] : [t('target {0}', enteredFigure(targetFps))]),
  ].join(', ');
}

function boardRow(row: BoardRow, end: number, targetFps: number | null): TableRow {
  const { name, powerMode, watts, throughput, interval, certainty, reason } = row;
  const verdict = verdictOf(row);
  const mode = powerMode === null ? '–' : breakable(powerMode);
  const isNamedByWatts = watts === '' || powerMode === watts.replace(' ', '');
  return {
    cells: [
      name,
      html`${mode}${isNamedByWatts ? nothing : html` <span class="detail watts">${watts}</span>`}`,
      bar(row, end, targetFps),
      html`<span title=${certainty === null ? (reason ?? nothing) : certaintyText(certainty)}
        >${throughput || '–'}</span
      >`,
      interval || '–',
      verdict === '' ? '–' : html`<span class="verdict-word">${verdict}</span>`,
      html`<span class="memory">${memoryOf(row) || '–'}</span>`,
      html`<span class="certainty">${certainty === null ? (reason ?? '–') : certaintyText(certainty)}</span>`,
    ],
    kind: row.isEnough ? 'is-enough' : '',
  };
}

/** `met`, `does not run`, `too little memory`; '' where there is nothing to judge. */
function verdictOf({ verdict }: BoardRow): string {
  if (verdict === null) return '';
  return verdict === 'too-little-memory' ? t('too little memory') : verdictLabel(verdict);
}

/** `203 MiB of 4.00 GiB`; '' where not known. */
function memoryOf({ memoryBytes, boardMemoryBytes }: BoardRow): string {
  if (memoryBytes === null || boardMemoryBytes === null) return '';
  return t('{0} of {1}', formatMemory(memoryBytes), formatMemory(boardMemoryBytes));
}

/** A name such as `MAXP_CORE_ALL`, which may break after its underscores alone. */
function breakable(name: string) {
  return name.split('_').map((part, index) => (index === 0 ? part : html`_<wbr />${part}`));
}

function bar({ fps, lowFps, highFps }: BoardRow, end: number, targetFps: number | null) {
  if (fps === null || end === 0) return html``;
  const at = (value: number): string => `${Math.min(100, (100 * value) / end).toFixed(2)}%`;
  return html`<svg class="board-bar" aria-hidden="true">
    <rect class="value" x="0" y="4" width=${at(fps)} height="10" />
    ${
      lowFps === null || highFps === null
        ? nothing
        : svg`<line class="interval-line" x1=${at(lowFps)} x2=${at(highFps)} y1="9" y2="9" />`
    }
    ${targetFps === null ? nothing : svg`<line class="target" x1=${at(targetFps)} x2=${at(targetFps)} y1="0" y2="18" />`}
  </svg>`;
}

/** For programs, and so in English. */
function csv({ fileName, rows }: BoardsMessage): ChartExportMessage {
  return inEnglish(() =>
    copyCsvOf(
      t('Boards for {0}', fileName),
      [
        t('Board'),
        t('Power mode'),
        t('Watts'),
        'FPS',
        t('At least (FPS)'),
        t('At most (FPS)'),
        t('Verdict'),
        t('Memory'),
        t('How sure'),
      ],
      rows.map((row) => [
        row.name,
        row.powerMode,
        row.watts,
        row.fps,
        row.lowFps,
        row.highFps,
        verdictOf(row),
        memoryOf(row),
        row.certainty === null ? '' : certaintyText(row.certainty),
      ]),
    ),
  );
}
