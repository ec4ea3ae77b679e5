import { execFile } from 'node:child_process';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { folder, newPlace } from './workplace';

/** The middle of a list of times. */
function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)]!;
}

describe('framecast benchmark', () => {
  it(
    'measures what onnxruntime itself takes on this machine, within the noise of repeated runs',
    { timeout: 240_000 },
    async () => {
      const { onBoard, landmarks } = await newPlace();
      const script = fileURLToPath(new URL('./direct-onnxruntime.mjs', import.meta.url));
      const model = path.join(folder, 'squeezenet.onnx');
      const directly = async (): Promise<number> => {
        const { stdout } = await promisify(execFile)(process.execPath, [script, model, '60']);
        return median(JSON.parse(stdout) as number[]);
      };
      // In turns, so that whatever else this machine does falls on both.
      const direct = [await directly()];
      for (let repeat = 0; repeat < 4; repeat += 1) {
        expect((await onBoard('benchmark', 'squeezenet.onnx', '--trials', '60')).code).toBe(0);
        direct.push(await directly());
      }
      const measured = (await landmarks()).map(({ measurement }) => median(measurement!.trialTimesMs));
      expect(measured).toHaveLength(4);
      // Five repeats may agree closer by chance than they do in truth, so a tenth is allowed in any case.
      const noise = Math.max(Math.max(...direct) - Math.min(...direct), 0.1 * median(direct));
      expect(Math.abs(median(measured) - median(direct))).toBeLessThan(noise);
    },
  );
});
