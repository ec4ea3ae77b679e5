import './fas.css';
import { fasPageState, type FasMessage, type FasPage } from '../../src/protocol/fas-page';
import { t } from '../../src/core/language';
import { connect, type Connection } from '../page';
import { fasPage } from './page';
import { listedAtOnce, noNotice, type FasView } from './view';

const page: Connection<FasPage> = connect({
  state: fasPageState,
  waiting: t('Reading the models…'),
  receive: {
    fas: (received) => {
      message = received;
      document.body.classList.toggle('is-view', received.place === 'view');
      draw();
    },
    draft: (received) => show({ form: { ...received, problems: [] } }, 'section.add'),
    saved: ({ problems }) => {
      if (problems.length === 0) return show({ form: null });
      show({ form: state.form && { ...state.form, problems } }, 'section.add');
    },
    notice: (received) => show({ notice: received }, 'section.note.is-notice'),
  },
});
let state = page.kept;
let message: FasMessage | null = null;
let notice = noNotice;
let listed = listedAtOnce;

function draw(): void {
  if (message === null) return;
  page.draw(
    fasPage({
      ...state,
      message,
      notice,
      listed,
      arrange: (changes) => keep({ ...state, arrangement: { ...state.arrangement, ...changes } }),
      show: (changes) => show(changes, changes.form && state.form === null ? 'section.add' : undefined),
      keepTyped: (fields) => {
        if (state.form === null) return;
        state = { ...state, form: { ...state.form, fields } };
        page.keep(state);
      },
      post: page.post,
    }),
  );
}

/** @param scrollTo what has appeared, and is brought into view */
function show(changes: Parameters<FasView['show']>[0], scrollTo?: string): void {
  if (changes.form !== undefined) state = { ...state, form: changes.form };
  if (changes.notice !== undefined) notice = changes.notice;
  if (changes.listed !== undefined) listed = changes.listed;
  if (changes.metric !== undefined) state = { ...state, metric: changes.metric };
  keep(state);
  if (scrollTo === undefined) return;
  const appeared = document.querySelector(scrollTo);
  appeared?.scrollIntoView({ block: 'nearest' });
  const field =
    appeared?.querySelector<HTMLElement>('[aria-invalid="true"]') ??
    appeared?.querySelector<HTMLElement>('input, button');
  field?.focus();
}

function keep(next: typeof state): void {
  state = next;
  page.keep(state);
  draw();
}
