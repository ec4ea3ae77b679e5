import './fas.css';
import {
  fasPageState,
  type FasHostMessage,
  type FasMessage,
  type FasPageMessage,
  type FasPageState,
} from '../../src/protocol/fas-page';
import { t } from '../../src/core/language';
import { connect } from '../page';
import { fasPage } from './page';
import { listedAtOnce, noNotice, type FasView } from './view';

const page = connect<FasPageMessage, FasHostMessage, FasPageState>({
  state: fasPageState,
  waiting: t('Reading the models…'),
  receive: (received) => {
    switch (received.type) {
      case 'fas':
        message = received;
        document.body.classList.toggle('is-view', received.place === 'view');
        return draw();
      case 'draft':
        return show({ form: { ...received, problems: [] } }, 'section.add');
      case 'saved':
        if (received.problems.length === 0) return show({ form: null });
        return show({ form: state.form && { ...state.form, problems: received.problems } }, 'section.add');
      case 'notice':
        return show({ notice: received }, 'section.note.is-notice');
    }
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

function keep(next: FasPageState): void {
  state = next;
  page.keep(state);
  draw();
}
