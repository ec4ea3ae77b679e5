/**
 * Times a model with onnxruntime alone, as nothing of Framecast does: one thread, random inputs, a warm-up of as many
 * milliseconds as trtexec has, then trials one after another. Prints the times in ms as JSON.
 *
 *   node direct-onnxruntime.mjs MODEL TRIALS
 */
import { createRequire } from 'node:module';

/** @type {typeof import('onnxruntime-node')} */
const ort = createRequire(import.meta.url)('onnxruntime-node');
const [model = '', trials = ''] = process.argv.slice(2);
const session = await ort.InferenceSession.create(model, { intraOpNumThreads: 1, executionProviders: ['cpu'] });
/** @type {Record<string, import('onnxruntime-node').Tensor>} */
const inputs = {};
for (const input of session.inputMetadata) {
  if (!input.isTensor) continue;
  const shape = input.shape.map(Number);
  const values = new Float32Array(shape.reduce((product, size) => product * size, 1)).map(() => 2 * Math.random() - 1);
  inputs[input.name] = new ort.Tensor('float32', values, shape);
}
const warmUpMs = 2000;
for (const begin = performance.now(); performance.now() - begin < warmUpMs;) await session.run(inputs);
const times = [];
for (let trial = 0; trial < Number(trials); trial += 1) {
  const begin = performance.now();
  await session.run(inputs);
  times.push(performance.now() - begin);
}
console.log(JSON.stringify(times));
