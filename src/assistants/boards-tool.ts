import * as v from 'valibot';
import { isUnfit, verdictWord } from '../core/estimate/verdict';
import { formatMemory, formatTarget, formatThroughput } from '../core/figures';
import { runtimeName } from '../core/landmarks/landmark';
import { exceedsMemory, isEnough, planBoards, smallestEnough, type BoardAnswer } from '../core/plan/plan-boards';
import { success } from '../core/result';
import { defineTool } from './tool';
import { fields, openQuestion } from './tool-input';

/** Boards and modes that an answer lists. */
const maxListed = 40;

export const boardsTool = defineTool({
  name: 'boards',
  title: 'Compare boards',
  description:
    'Predicts one ONNX model on every known NVIDIA Jetson in every power mode, and says which is the smallest that reaches a target. Use it to choose a board for a model.',
  input: v.object({
    model: fields.model,
    runtime: fields.runtime,
    resolution: fields.resolution,
    batch: fields.batch,
    targetFps: v.optional(fields.targetFps),
  }),
  run: async (asked, host, { signal, report }) => {
    const asking = await openQuestion(asked, host);
    if (!asking.ok) return asking;
    const { query, estimators, remarks } = asking.value;
    const profile = await host.read(asked.model, [query], signal);
    if (!profile.ok) return profile;
    const targetFps = asked.targetFps ?? host.defaults.targetFps;
    const planned = await planBoards(profile.value, query, targetFps, estimators, {
      signal,
      onCandidate: async (done, total, name) => {
        report(`${done} of ${total}: ${name}`);
        await new Promise((resolve) => setTimeout(resolve, 0));
      },
    });
    if (!planned.ok) return planned;
    const answers = planned.value.filter(({ prediction }) => prediction.estimate !== null);
    const listed = answers.slice(0, maxListed);
    const smallest = smallestEnough(answers);
    const target = targetFps === null ? null : formatTarget(targetFps);
    const headline =
      target === null
        ? `${asked.model}, ${runtimeName(query.runtime)}, fastest first.`
        : smallest === null
          ? `${asked.model}, ${runtimeName(query.runtime)}: no board reaches ${target}.`
          : `${asked.model}, ${runtimeName(query.runtime)}: the smallest board that reaches ${target} is ${placeOf(smallest)}.`;
    return success({
      data: {
        runtime: query.runtime,
        targetFps,
        smallest: smallest && { device: smallest.device, powerMode: smallest.powerMode },
        boards: listed.map(boardData),
        leftOut: planned.value.length - listed.length,
        remarks,
      },
      text: [
        headline,
        ...listed.map(boardLine),
        ...(planned.value.length > listed.length
          ? [`${planned.value.length - listed.length} more are slower or have no figure.`]
          : []),
        ...remarks,
      ].join('\n'),
    });
  },
});

function boardData(answer: BoardAnswer): object {
  const { device, deviceName, powerMode, budgetWatts, prediction, verdict, memoryBytes, boardMemoryBytes } = answer;
  const { estimate } = prediction;
  return {
    device,
    name: deviceName,
    powerMode,
    budgetWatts,
    throughputFps: estimate?.throughputFps ?? null,
    interval: estimate?.interval ?? null,
    certainty: estimate?.certainty ?? null,
    isEnough: isEnough(answer),
    verdict: verdict?.sentence ?? null,
    memoryBytes,
    boardMemoryBytes,
  };
}

function placeOf({ deviceName, powerMode }: BoardAnswer): string {
  return powerMode === null ? deviceName : `${deviceName} in ${powerMode}`;
}

function boardLine(answer: BoardAnswer): string {
  const { prediction, verdict, boardMemoryBytes } = answer;
  const { estimate } = prediction;
  const figure = estimate === null ? 'no figure' : formatThroughput(estimate.throughputFps, estimate.batch);
  const memory =
    exceedsMemory(answer) && boardMemoryBytes !== null ? `, more than its ${formatMemory(boardMemoryBytes)}` : '';
  const judged = verdict === null ? '' : `, ${isUnfit(verdict) ? verdict.sentence : verdictWord(verdict)}`;
  return `${placeOf(answer)}: ${figure}${judged}${memory}`;
}
