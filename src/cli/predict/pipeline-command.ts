import { Command } from 'commander';
import { createEstimators } from '../../core/estimate/estimators';
import { defaultDevice, deviceIds } from '../../core/landmarks/devices';
import { deploymentText } from '../../core/present/sentences';
import { defaultRuntime, type Runtime } from '../../core/landmarks/landmark';
import { boardOfNames } from '../../core/landmarks/typed-names';
import type { PipelineProblem } from '../../core/pipeline/pipeline';
import { pipelineChanges } from '../../core/pipeline/pipeline-advice';
import { lighterMembers } from '../../core/pipeline/lighter-members';
import { type PipelineBudget, pipelineBudget, type StageModel } from '../../core/pipeline/pipeline-budget';
import { type PipelineReading, readPipeline } from '../../core/pipeline/read-pipeline';
import { pipelineView, type PipelineStageView, type PipelineView } from '../../core/present/pipeline-view';
import { colours as pc } from '../colours';
import { exitCode } from '../exit-code';
import { boardsOption } from '../own-boards';
import { landmarksForPredictions } from '../landmarks/own-landmarks';
import { powerModeOption } from '../option-values';
import { runtimeOption } from '../prediction-options';
import { interruptibly, print, printError, warn, warnOfAll } from '../streams';
import { jsonText, printable } from '../terminal';
import { section, textTable, type TextColumn } from '../text-table';
import { openPipelineFile } from './pipeline-file';

interface PipelineFlags {
  readonly device?: string;
  readonly runtime?: Runtime;
  readonly powerMode?: string;
  readonly boards?: string;
  readonly landmarks?: string;
  readonly json?: true;
}

/** `framecast pipeline`: what a chain of networks takes per frame; `done` gets the exit code. */
export function pipelineDefinition(done: (code: number) => void): Command {
  return new Command('pipeline')
    .description('predict how many frames per second a chain of networks gets through')
    .argument('<file>', 'YAML file with the stages')
    .option('--device <id>', "board (default: the file's, or jetson-nano)")
    .addOption(runtimeOption("runtime and precision (default: the file's, or tensorrt-fp16)"))
    .option(powerModeOption[0], "the board's power mode (default: the file's, or its fastest)")
    .option(...boardsOption)
    .option('--landmarks <file>', 'your own measurements, as JSON Lines (default: those of the extension)')
    .option('--json', 'print one JSON object')
    .addHelpText(
      'after',
      `
A pipeline file:

  device: jetson-nano
  camera_fps: 30
  faces: 2                    # in a frame
  stages:
    - name: detect
      model: detector.onnx    # relative to the file
      input: 320x240          # width x height; default: the model's own
      every: 2                # detect on every second frame
    - name: recognise
      model: recogniser.onnx
      runs: faces             # once per face
      batch: true             # all faces of a frame at once

Exit status:
  0  the pipeline keeps up with the camera, or the file names none
  1  it does not, or a stage has no figure
  2  something could not be read, or the command line is wrong`,
    )
    .action(async (file: string, flags: PipelineFlags) => {
      done(await interruptibly(() => pipelineCommand(file, flags)));
    });
}

async function pipelineCommand(file: string, flags: PipelineFlags): Promise<number> {
  const loaded = await landmarksForPredictions(flags.landmarks);
  if (!loaded.ok) return printError(loaded.error.message);
  const { landmarks, problems, remarks, isIncomplete } = loaded.value;
  warnOfAll(problems);
  warnOfAll(remarks);
  const opened = await openPipelineFile(file);
  if (!opened.ok) return printError(opened.error.message);
  const reading = readPipeline(opened.value.text, deviceIds(landmarks));
  report(file, reading, reading.problems);
  const { pipeline } = reading;
  if (pipeline === null || pipeline.stages.length === 0) return exitCode.unreadable;
  // A mode that the file has is one of the file's board.
  const powerMode = flags.powerMode ?? (flags.device === undefined ? (pipeline.powerMode ?? undefined) : undefined);
  const board = boardOfNames(
    { device: flags.device ?? pipeline.device ?? defaultDevice, powerMode },
    deviceIds(landmarks),
  );
  if (!board.ok) return printError(board.error);
  const query = { ...board.value, runtime: flags.runtime ?? pipeline.runtime ?? defaultRuntime };
  const estimators = createEstimators(landmarks);
  const known = new Map<string, StageModel>();
  const models: StageModel[] = [];
  for (const { model } of pipeline.stages) {
    const stage = known.get(model) ?? (await opened.value.model(model));
    known.set(model, stage);
    models.push(stage);
  }
  const budget = pipelineBudget(pipeline, models, query, estimators);
  const changes = pipelineChanges(pipeline, models, query, estimators, lighterMembers);
  const view = pipelineView(budget, changes);
  const title = `${file}, ${deploymentText(query)}`;
  const found = stageProblems(budget, models);
  await print(
    flags.json
      ? jsonText({ file, ...query, ...budget, changes, problems: [...reading.problems, ...found] })
      : cardLines(title, view, pipeline.faces).join('\n'),
  );
  report(file, reading, found);
  const isBroken =
    isIncomplete || models.some(({ ok }) => !ok) || reading.problems.some(({ severity }) => severity === 'error');
  if (isBroken) return exitCode.unreadable;
  return budget.isComplete && budget.keepsUp !== false ? exitCode.fine : exitCode.targetMissed;
}

/** Why stages have no figure, where their file or the size that they are to run at stands in the pipeline's. */
function stageProblems({ stages }: PipelineBudget, models: readonly StageModel[]): readonly PipelineProblem[] {
  return stages.flatMap(({ stage, problem }, index) => {
    if (problem === null) return [];
    const range = models[index]!.ok ? stage.inputRange : stage.modelRange;
    return [{ severity: 'error', message: `${stage.name}: ${problem}`, range }];
  });
}

function report(file: string, { position }: PipelineReading, problems: readonly PipelineProblem[]): void {
  for (const { message, range, severity } of problems) {
    const { line, column } = position(range.start);
    warn(`${file}:${line + 1}:${column + 1}: ${severity}: ${message}`);
  }
}

const columns: readonly TextColumn<PipelineStageView>[] = [
  { title: 'Stage', text: ({ name }) => printable(name) },
  { title: 'Input', alignRight: true, text: ({ input }) => input || '–' },
  { title: 'Runs', text: ({ runs }) => runs },
  { title: 'Each', alignRight: true, text: ({ latency }) => latency || '–' },
  { title: 'Per frame', alignRight: true, text: ({ perFrame }) => perFrame || '–' },
  { title: 'Share', alignRight: true, text: ({ share }) => share || '–' },
];

function cardLines(title: string, view: PipelineView, faces: number): readonly string[] {
  const painted = view.keepsUp === false ? pc.red : pc.green;
  return [
    pc.dim(printable(title)),
    '',
    `  ${pc.bold(view.headline)}, ${faces} ${faces === 1 ? 'face' : 'faces'} per frame`,
    ...(view.verdict === null ? [] : [`  ${painted(view.verdict)}`]),
    ...(view.time === null ? [] : [`  ${view.time}`]),
    '',
    ...textTable(columns, view.stages).map((line) => `  ${line}`),
    ...section(
      'Faces per frame',
      view.byFaces.map(
        ({ faces: count, text, keepsUp }) => `${count}: ${text}${keepsUp === false ? ', too slow' : ''}`,
      ),
    ),
    ...section(
      'What would help',
      view.changes.map(({ label, text }) => `${label}: ${text}`),
    ),
    ...section('Notes', view.notes),
  ];
}
