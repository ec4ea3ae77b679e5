import { compareDefinition } from './compare/compare-command';
import { diffDefinition } from './compare/diff-command';
import { fasDefinition } from './compare/fas-command';
import { reportDefinition } from './compare/report-command';
import { convertDefinition } from './convert/convert-command';
import { landmarksDefinition } from './landmarks/landmarks-command';
import { boardsDefinition } from './predict/boards-command';
import { pipelineDefinition } from './predict/pipeline-command';
import { planDefinition } from './predict/plan-command';
import { zooDefinition } from './predict/zoo-command';

/** The commands besides `predict` that need no board, by name. */
export const modelCommands = {
  boards: boardsDefinition,
  compare: compareDefinition,
  convert: convertDefinition,
  diff: diffDefinition,
  fas: fasDefinition,
  landmarks: landmarksDefinition,
  pipeline: pipelineDefinition,
  plan: planDefinition,
  report: reportDefinition,
  zoo: zooDefinition,
};
