import './accuracy.css';
import {
  accuracyPageState,
  maxOwnModels,
  type AccuracyMessage,
  type AccuracyPage,
} from '../../src/protocol/accuracy-page';
import { t } from '../../src/core/language';
import { connect, type Connection } from '../page';
import { accuracyPage } from './page';

const page: Connection<AccuracyPage> = connect({
  state: accuracyPageState,
  waiting: t('Loading the backbones…'),
  receive: {
    picked: ({ files }) => {
      const known = new Set(kept.models.map(({ file }) => file));
      const added = files.filter((file) => !known.has(file)).map((file) => ({ file, typed: '' }));
      changeModels([...kept.models, ...added].slice(0, maxOwnModels));
    },
    accuracy: (received) => {
      // A new page takes over the models of the one before.
      const isFirst = page.isNew && message === null;
      message = received;
      keep({ choice: received.chosen, ...(isFirst ? { models: received.kept } : {}) });
    },
  },
});
let kept = page.kept;
let message: AccuracyMessage | null = null;

function keep(changes: Partial<typeof kept>): void {
  kept = { ...kept, ...changes };
  page.keep(kept);
  if (message === null) return;
  const { weights, models } = kept;
  const showWeights = (wanted: typeof weights): void => keep({ weights: wanted });
  page.draw(accuracyPage({ message, weights, models, showWeights, changeModels, post: page.post }));
}

function changeModels(models: typeof kept.models): void {
  keep({ models });
  page.post({ type: 'keep', models });
}
