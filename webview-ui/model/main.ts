import './model.css';
import './insight.css';
import { modelPageState, type ModelMessage, type ModelPage } from '../../src/protocol/model-page';
import type { Size } from '../../src/protocol/page';
import { connect, loadBundle, type Connection } from '../page';
import { failedPage, modelPage, readingPage } from './page';
import type { Post, View } from './view';
import { t } from '../../src/core/language';

const page: Connection<ModelPage> = connect({
  state: modelPageState,
  waiting: t('Reading the model…'),
  receive: {
    reading: ({ fileName, progress }) => {
      document.title = fileName;
      page.draw(readingPage(fileName, progress));
    },
    failed: (message) => {
      document.title = message.fileName;
      shown = null;
      page.draw(failedPage(message));
    },
    resolutions: ({ revision, view }) => found({ resolutions: view }, revision),
    plans: (message) => found({ plans: message }, message.revision),
    network: ({ revision, network }) => found({ network }, revision),
    model: show,
  },
  onError: () => found({ hasFailed: true }),
});
/** What the page shows; null while it shows no model. */
let shown: ModelMessage | null = null;
const nothingFound = { resolutions: null, plans: null, hasFailed: false };
let networkIsLoaded = false;
let { choice, size, grouping, showsAll } = page.kept;
let view: View = {
  grouping,
  showsAll,
  ...nothingFound,
  network: null,
  networkIsOpen: false,
  kernel: null,
  change: changeView,
  openNetwork,
};
/** Asked for since the page was loaded; answers already on their way may not know of it. */
let asked: Size | null = null;
let scrollTop: number | null = page.kept.scrollTop;

window.addEventListener('scroll', keepState, { passive: true });

function show(message: ModelMessage): void {
  document.title = message.fileName;
  // The old figures stay until the new ones come, so that the page does not jump; not those of another device.
  view = isSameButForSize(shown, message) ? { ...view, hasFailed: false } : { ...view, ...nothingFound };
  shown = asked ? { ...message, size: asked } : message;
  ({ size } = shown);
  choice = message.chosen;
  draw();
  // Its times are those of another size or board now.
  if (view.networkIsOpen) page.post({ type: 'network' });
  if (scrollTop !== null) window.scrollTo({ top: scrollTop, behavior: 'instant' });
  scrollTop = null;
  keepState();
}

function draw(): void {
  if (shown) page.draw(modelPage(shown, post, view));
}

/** @param revision of the message that the results belong to; those of an earlier one are left out */
function found(results: Partial<View>, revision = shown?.revision): void {
  if (revision !== shown?.revision) return;
  view = { ...view, ...results };
  draw();
}

function openNetwork(isOpen: boolean, kernel?: string): void {
  if (isOpen === view.networkIsOpen && kernel === undefined) return;
  if (isOpen && !networkIsLoaded) void loadBundle('network');
  networkIsLoaded ||= isOpen;
  if (isOpen && !view.networkIsOpen) page.post({ type: 'network' });
  view = { ...view, networkIsOpen: isOpen, kernel: kernel ?? view.kernel };
  draw();
  if (kernel !== undefined) document.querySelector('section.network')?.scrollIntoView({ behavior: 'smooth' });
}

function changeView(changes: Parameters<View['change']>[0]): void {
  view = { ...view, ...changes };
  draw();
  keepState();
}

/** Whether what was found out for one message still holds for another, except for the size. */
function isSameButForSize(one: ModelMessage | null, other: ModelMessage): boolean {
  return (
    one?.fileName === other.fileName &&
    one.fileBytes === other.fileBytes &&
    one.choice.device === other.choice.device &&
    one.choice.runtime === other.choice.runtime &&
    one.size.batch === other.size.batch &&
    one.targetFps === other.targetFps
  );
}

function post(message: Parameters<Post>[0]): void {
  if (message.type === 'resize' && shown) {
    // Shown at once, so that the next change, however soon, starts from this one.
    size = asked = message.size;
    shown = { ...shown, size };
    draw();
  }
  page.post(message);
}

function keepState(): void {
  // Before the first model is shown the page is too short to scroll, and would overwrite what it kept.
  if (scrollTop !== null) return;
  ({ grouping, showsAll } = view);
  page.keep({ choice, size, grouping, showsAll, scrollTop: window.scrollY });
}
