import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openLandmarkStore } from '../../../src/files/landmarks';
import { buildWriters, type Writers } from './landmark-writers';

let writers: Writers;
let folder: string;

beforeAll(async () => {
  writers = await buildWriters();
  folder = await mkdtemp(path.join(tmpdir(), 'framecast-store-'));
});

afterAll(async () => {
  await writers.remove();
  await rm(folder, { recursive: true });
});

async function contentOf(file: string) {
  const content = await openLandmarkStore(file).read();
  if (!content.ok) throw new Error(content.error.message);
  return content.value;
}

describe('several processes at once', () => {
  it('append a thousand landmarks each, and every line is there and whole', { timeout: 90_000 }, async () => {
    const file = path.join(folder, 'two', 'landmarks.jsonl');
    const both = ['one', 'other'].map((name) => writers.start(file, 'append', 1000, name));
    const ended = await Promise.all(both.map((writer) => writer.ended));
    expect(ended).toEqual([
      { code: 0, stderr: '' },
      { code: 0, stderr: '' },
    ]);
    const rows = (await readFile(file, 'utf8')).split('\n');
    expect(rows.pop()).toBe('');
    expect(rows).toHaveLength(2000);
    const { lines, broken } = await contentOf(file);
    expect(broken).toEqual([]);
    const models = new Set(lines.map(({ landmark }) => landmark.model));
    for (const name of ['one', 'other']) {
      for (let index = 0; index < 1000; index += 1) expect(models.has(`${name}-${index}`)).toBe(true);
    }
    expect(new Set(lines.map(({ id }) => id)).size).toBe(2000);
  });

  it('change and delete while others append, and nothing gets lost', { timeout: 60_000 }, async () => {
    const file = path.join(folder, 'mixed.jsonl');
    const three = [
      writers.start(file, 'churn', 60, 'a'),
      writers.start(file, 'churn', 60, 'b'),
      writers.start(file, 'append', 150, 'c'),
    ];
    for (const { ended } of three) expect(await ended).toEqual({ code: 0, stderr: '' });
    const { lines, broken } = await contentOf(file);
    expect(broken).toEqual([]);
    expect(lines).toHaveLength(40 + 40 + 150);
    for (const { landmark } of lines) {
      const [name, round] = landmark.model.split('-');
      expect(landmark.comment).toBe(name === 'c' ? undefined : `round ${round}`);
    }
    expect((await readdir(folder)).filter((name) => name.startsWith('mixed.') && name !== 'mixed.jsonl')).toEqual([]);
  });
});

/** What a writer committed before it was killed, by what it printed. */
function committed(output: string) {
  const added = new Map<string, string>();
  const comments = new Map<string, string>();
  const maybeGone = new Set<string>();
  const gone = new Set<string>();
  // What follows the last line break was not written whole.
  for (const line of output.split('\n').slice(0, -1)) {
    const [sign, first = '', ...rest] = line.split(' ');
    if (sign === '+') added.set(rest[0]!, first);
    if (sign === '=') comments.set(first, rest.join(' '));
    if (sign === '?') maybeGone.add(first);
    if (sign === '-') gone.add(first);
  }
  return { added, comments, maybeGone, gone };
}

describe('a killed process', () => {
  const stores = 40;
  const killsEach = 5;

  it(`loses and tears no committed line in ${stores * killsEach} kills`, { timeout: 120_000 }, async () => {
    const killed = await Promise.all(
      Array.from({ length: stores }, async (_, store) => {
        const file = path.join(folder, `killed-${store}.jsonl`);
        const outputs: string[] = [];
        for (let kill = 0; kill < killsEach; kill += 1) {
          const writer = writers.start(file, kill % 2 === 0 ? 'churn' : 'append', 100_000, `${kill}`);
          await writer.writing;
          await new Promise((resolve) => setTimeout(resolve, 80 * Math.random()));
          writer.child.kill('SIGKILL');
          expect(await writer.ended).toEqual({ code: null, stderr: '' });
          outputs.push(writer.output());
        }
        return { file, outputs };
      }),
    );
    let checked = 0;
    for (const { file, outputs } of killed) {
      const { lines } = await contentOf(file);
      const byId = new Map(lines.map((line) => [line.id, line.landmark]));
      for (const output of outputs) {
        const { added, comments, maybeGone, gone } = committed(output);
        for (const [id, model] of added) {
          const landmark = byId.get(id);
          if (gone.has(id)) expect(landmark, `${file} ${id} was deleted`).toBeUndefined();
          else if (!maybeGone.has(id)) expect(landmark?.model, `${file} ${id}`).toBe(model);
          const comment = comments.get(id);
          if (landmark !== undefined && comment !== undefined) expect(landmark.comment).toBe(comment);
          checked += 1;
        }
      }
    }
    expect(checked).toBeGreaterThanOrEqual(stores * killsEach);
  });
});
