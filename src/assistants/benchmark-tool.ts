import * as v from 'valibot';
import { formatFps, formatLatency } from '../core/figures';
import { t } from '../core/language';
import { runtimeName, type Runtime } from '../core/landmarks/landmark';
import { runtimeOfName } from '../core/landmarks/typed-names';
import { failure, success } from '../core/result';
import { foundModels } from './model-tools';
import { defineTool, type MeasuredModel } from './tool';
import { fields } from './tool-input';

/** A board is busy for minutes with each model. */
const maxBenchmarked = 20;

export const benchmarkTool = defineTool({
  name: 'benchmark',
  title: 'Benchmark on a board',
  description:
    'Measures ONNX models on a real NVIDIA Jetson over SSH: sends the models there, builds engines, times them and keeps the figures as landmarks. It takes minutes and makes the board busy, so the user must agree first. Predict first; measure what matters.',
  input: v.object({
    models: fields.models,
    board: v.pipe(
      v.string(),
      v.minLength(1),
      v.maxLength(300),
      v.description(
        'The board: in VS Code the name of a device of Framecast, elsewhere an alias of ~/.ssh/config or user@host[:port].',
      ),
    ),
    runtimes: v.optional(
      v.pipe(
        v.array(fields.name),
        v.minLength(1),
        v.maxLength(5),
        v.description('fp16, fp32, int8, pytorch-fp16, pytorch-fp32.'),
      ),
    ),
    trials: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(10_000))),
    confirmed: v.optional(
      v.pipe(v.boolean(), v.description('true only if the user has agreed to this measurement. Ask before.')),
    ),
  }),
  question: ({ models, board }) => {
    const what = models.length === 1 ? models[0]! : t('{0} files, folders or patterns', models.length);
    return t(
      'Measure {0} on {1}? Framecast sends the models there over SSH and keeps the board busy for minutes.',
      what,
      board,
    );
  },
  run: async (asked, host, progress) => {
    const obstacle = host.benchmarkObstacle();
    if (obstacle !== null) return failure('not-ready', obstacle);
    const runtimes: Runtime[] = [];
    for (const typed of asked.runtimes ?? [host.defaults.runtime]) {
      const runtime = runtimeOfName(typed);
      if (!runtime.ok) return failure('invalid-request', runtime.error);
      if (!runtimes.includes(runtime.value)) runtimes.push(runtime.value);
    }
    const found = await foundModels(asked.models, host, progress.signal);
    if (!found.ok) return found;
    for (const { error } of found.value) if (error) return failure(error.code, error.message);
    const files = found.value.map(({ file }) => file);
    if (files.length > maxBenchmarked) {
      return failure('too-large', `These paths lead to ${files.length} models. Measure ${maxBenchmarked} at a time.`);
    }
    const { board, trials } = asked;
    const measured = await host.benchmark({ files, board, runtimes, trials }, progress);
    if (!measured.ok) return measured;
    const failed = measured.value.filter((run) => !run.ok);
    const [first] = failed;
    if (first !== undefined && failed.length === measured.value.length) {
      return failure('run-failed', `${first.model}: ${first.error.message}`);
    }
    return success({
      data: { board, runs: measured.value },
      text: measured.value.map(runLine).join('\n'),
    });
  },
});

function runLine(run: MeasuredModel): string {
  const name = `${run.model}, ${runtimeName(run.runtime)}`;
  if (!run.ok) return `${name}: not measured (${run.error.code}): ${run.error.message}`;
  const predicted = run.predictedFps === null ? '' : `, ${formatFps(run.predictedFps)} FPS predicted`;
  const disturbed = run.disturbances.length === 0 ? '' : ` Kept out of predictions: ${run.disturbances.join(' ')}`;
  return `${name}: ${formatFps(run.throughputFps)} FPS measured (mean ${formatLatency(run.meanMs)}, 99th percentile ${formatLatency(run.p99Ms)}, ${run.trials} trials)${predicted}.${disturbed}`;
}
