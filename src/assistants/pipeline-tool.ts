import * as v from 'valibot';
import { deviceIds } from '../core/landmarks/devices';
import { pipelineChanges, sizesOfStages } from '../core/pipeline/pipeline-advice';
import type { ModelProfile } from '../core/profile/profile';
import { lighterMembers } from '../core/pipeline/lighter-members';
import { pipelineBudget, type StageModel } from '../core/pipeline/pipeline-budget';
import { readPipeline } from '../core/pipeline/read-pipeline';
import { pipelineView } from '../core/present/pipeline-view';
import { deploymentText } from '../core/present/sentences';
import { failure, success } from '../core/result';
import { defineTool } from './tool';
import { fields, openQuestion } from './tool-input';

export const pipelineTool = defineTool({
  name: 'pipeline',
  title: 'Budget a pipeline',
  description:
    'Predicts how many frames per second a chain of networks gets through on an NVIDIA Jetson (detector, anti-spoofing, recognition), from a YAML file with its stages: the time of each stage, whether the camera is kept up with, and what would make it faster.',
  input: v.object({
    file: v.pipe(fields.path, v.description('YAML file with stages: and an ONNX model for each.')),
    device: fields.device,
    runtime: fields.runtime,
    powerMode: fields.powerMode,
  }),
  run: async (asked, host, { signal, report }) => {
    const opened = await host.openPipeline(asked.file, signal);
    if (!opened.ok) return opened;
    const landmarks = await host.landmarks();
    if (!landmarks.ok) return landmarks;
    const { pipeline, problems, position } = readPipeline(
      opened.value.text,
      deviceIds(landmarks.value.estimators.landmarks),
    );
    const complaints = problems.map(({ message, range, severity }) => {
      return `${asked.file}:${position(range.start).line + 1}: ${severity}: ${message}`;
    });
    if (pipeline === null || pipeline.stages.length === 0) {
      return failure('invalid-request', complaints.join('\n') || `${asked.file} has no stages.`);
    }
    const asking = await openQuestion(
      {
        device: asked.device ?? pipeline.device ?? undefined,
        runtime: asked.runtime ?? pipeline.runtime ?? undefined,
        // A mode that the file has is one of the file's board.
        powerMode: asked.powerMode ?? (asked.device === undefined ? (pipeline.powerMode ?? undefined) : undefined),
      },
      host,
    );
    if (!asking.ok) return asking;
    const { query, estimators, remarks } = asking.value;
    const known = new Map<string, StageModel>();
    const models: StageModel[] = [];
    for (const { model } of pipeline.stages) {
      report(model);
      const sizes = (profile: ModelProfile) =>
        sizesOfStages(
          pipeline.stages.filter((each) => each.model === model),
          pipeline.faces,
          profile,
        );
      const stage = known.get(model) ?? (await opened.value.model(model, sizes));
      known.set(model, stage);
      models.push(stage);
    }
    if (signal.aborted) return failure('cancelled', 'The prediction was cancelled.');
    const budget = pipelineBudget(pipeline, models, query, estimators);
    const changes = pipelineChanges(pipeline, models, query, estimators, lighterMembers);
    const view = pipelineView(budget, changes);
    const { throughputFps, lowFps, highFps, keepsUp, cameraFps, isComplete } = budget;
    return success({
      data: {
        device: query.device,
        runtime: query.runtime,
        powerMode: query.powerMode ?? null,
        faces: pipeline.faces,
        cameraFps,
        throughputFps,
        lowFps,
        highFps,
        keepsUp,
        isComplete,
        stages: budget.stages.map(({ stage, perFrame, share, problem }) => ({
          name: stage.name,
          model: stage.model,
          msPerFrame: perFrame?.ms ?? null,
          share,
          problem,
        })),
        changes: view.changes.map(({ label, text }) => ({ label, text })),
        problems: complaints,
        notes: view.notes,
        remarks,
      },
      text: [
        `${deploymentText(query)}: ${view.headline}, ${pipeline.faces} faces per frame.`,
        ...(view.verdict === null ? [] : [`${view.verdict}.`]),
        ...(view.time === null ? [] : [`${view.time}.`]),
        ...view.stages.map(({ name, perFrame, share, runs, problem }) =>
          problem === null ? `${name}: ${perFrame} per frame (${share}), ${runs}` : `${name}: ${problem}`,
        ),
        ...(view.changes.length === 0 ? [] : ['What would help:']),
        ...view.changes.map(({ label, text }) => `- ${label}: ${text}`),
        ...view.notes,
        ...complaints,
        ...remarks,
      ].join('\n'),
    });
  },
});
