/**
 * A process that writes to a landmark store, for tests of several at once and of killed ones:
 *
 *     node landmark-writer.cjs FILE append COUNT NAME       COUNT landmarks, one after another
 *     node landmark-writer.cjs FILE churn COUNT NAME        appends, changes and deletes, COUNT rounds
 *
 * Prints a line for every change as soon as it is committed: `+ MODEL ID`, `= ID COMMENT`, `- ID`.
 */
import type { Landmark } from '../../../src/core/landmarks/landmark';
import { openLandmarkStore } from '../../../src/files/landmarks';

const [file, what, count, name] = process.argv.slice(2) as [string, 'append' | 'churn', string, string];
const store = openLandmarkStore(file);

const landmarkOf = (model: string): Landmark => ({
  model,
  family: 'ResNet',
  parameters: 11_689_512,
  device: 'jetson-nano',
  runtime: 'tensorrt-fp16',
  resolution: 224,
  batch: 1,
  throughputFps: 80,
  campaign: 'desk',
  source: 'x'.repeat(300),
});

void main();

async function main(): Promise<void> {
  for (let round = 0; round < Number(count); round += 1) {
    const model = `${name}-${round}`;
    const ids = await store.appendNew([{ landmark: landmarkOf(model) }]);
    if (!ids.ok) return fail(ids.error.message);
    const id = ids.value[0]!;
    say(`+ ${model} ${id}`);
    if (what === 'append') continue;
    const updated = await store.update(id, { comment: `round ${round}` });
    if (!updated.ok) return fail(updated.error.message);
    say(`= ${id} round ${round}`);
    if (round % 3 !== 2) continue;
    say(`? ${id}`);
    const removed = await store.remove(id);
    if (!removed.ok) return fail(removed.error.message);
    say(`- ${id}`);
  }
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

function fail(message: string): void {
  process.stderr.write(`${message}\n`);
  process.exitCode = 1;
}
