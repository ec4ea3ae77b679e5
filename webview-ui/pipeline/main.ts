import './pipeline.css';
import { pipelinePageState, type PipelinePage } from '../../src/protocol/pipeline-page';
import { t } from '../../src/core/language';
import { connect, type Connection } from '../page';
import { noPipelinePage, pipelinePage } from './page';

const page: Connection<PipelinePage> = connect({
  state: pipelinePageState,
  waiting: t('Reading the pipeline…'),
  receive: {
    none: (message) => page.draw(noPipelinePage(message, page.post)),
    pipeline: (message) => {
      page.keep({ ...page.kept, choice: message.chosen });
      page.draw(pipelinePage(message, page.post));
    },
  },
});
