import './pipeline.css';
import {
  pipelinePageState,
  type PipelineHostMessage,
  type PipelinePageMessage,
  type PipelinePageState,
} from '../../src/protocol/pipeline-page';
import { t } from '../../src/core/language';
import { connect } from '../page';
import { noPipelinePage, pipelinePage } from './page';

const page = connect<PipelinePageMessage, PipelineHostMessage, PipelinePageState>({
  state: pipelinePageState,
  waiting: t('Reading the pipeline…'),
  receive: (message) => {
    if (message.type === 'none') return page.draw(noPipelinePage(message, page.post));
    page.keep({ ...page.kept, choice: message.chosen });
    page.draw(pipelinePage(message, page.post));
  },
});
