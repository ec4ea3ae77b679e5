import { describe, expect, it } from 'vitest';
import { bundledLandmarks } from '../../../../src/core/landmarks/campaigns';
import type { Landmark } from '../../../../src/core/landmarks/landmark';
import {
  collectLandmarks,
  isSameCollection,
  problemSentence,
} from '../../../../src/core/landmarks/landmark-collection';
import { impossibleThroughput } from '../../../../src/core/landmarks/peak-throughput';
import { parseLandmarkLines, writeLandmarkRow } from '../../../../src/core/landmarks/landmark-lines';

const published = bundledLandmarks[0]!;
const own: Landmark = { ...published, campaign: 'desk', throughputFps: 225, source: 'job 1' };

function source(origin: 'own' | 'team', ...landmarks: readonly Landmark[]) {
  const text = landmarks.map((landmark, index) => writeLandmarkRow(landmark, `${origin}${index}`)).join('\n');
  return { origin, file: `${origin}.jsonl`, ...parseLandmarkLines(text) };
}

const beyondBundled = ({ landmarks }: { landmarks: readonly Landmark[] }) => landmarks.slice(bundledLandmarks.length);

describe('collectLandmarks', () => {
  it('is the bundled landmarks without files', () => {
    expect(collectLandmarks([]).landmarks).toEqual(bundledLandmarks);
  });

  it('adds own landmarks to the bundled ones, each once', () => {
    const faster = { ...own, throughputFps: 226 };
    const collection = collectLandmarks([source('own', own, own, faster)]);
    expect(beyondBundled(collection)).toEqual([own, faster]);
    expect(collection.entries.at(-2)).toMatchObject({
      origin: 'own',
      file: 'own.jsonl',
      line: 1,
      ownIds: ['own0', 'own1'],
    });
    expect(collection.problems).toEqual([]);
  });

  it('drops a bundled row that comes back from an export', () => {
    expect(collectLandmarks([source('own', ...bundledLandmarks)]).landmarks).toEqual(bundledLandmarks);
  });

  it("keeps the team's landmarks apart from the own ones, and says where each is from", () => {
    const shared = { ...own, campaign: 'lab' };
    const { entries } = collectLandmarks([source('own', own, shared), source('team', shared)]);
    expect(entries.slice(-2).map(({ origin, line }) => [origin, line])).toEqual([
      ['team', 1],
      ['own', 1],
    ]);
  });

  it('keeps a published campaign free of rows that are not in it', () => {
    const forged = { ...own, campaign: 'paper' };
    const { landmarks, problems } = collectLandmarks([source('own', own, forged)]);
    expect(landmarks).toEqual([...bundledLandmarks, own]);
    expect(problems.map(problemSentence)).toEqual([
      'own.jsonl, line 2 is skipped: paper is a published campaign without this row; give your own measurements a campaign name of their own.',
    ]);
  });

  it('leaves out what is off, an outlier or disturbed until it is accepted', () => {
    const off = { ...own, throughputFps: 1, verdict: 'off' as const };
    const outlier = { ...own, throughputFps: 2, verdict: 'outlier' as const };
    const { entries, landmarks } = collectLandmarks([source('own', off, outlier, own)]);
    expect(landmarks).toEqual([...bundledLandmarks, own]);
    expect(entries.slice(-3).map(({ isInFits }) => isInFits)).toEqual([false, false, true]);
  });

  it('lets the own store judge published landmarks by repeating them', () => {
    const judged = { ...published, verdict: 'off' as const, comment: 'Not this one.' };
    const { entries, landmarks, problems } = collectLandmarks([source('own', judged)]);
    expect(entries[0]).toMatchObject({ origin: 'bundled', ownIds: ['own0'], isInFits: false });
    expect(entries[0]!.landmark.comment).toBe('Not this one.');
    expect(landmarks).toEqual(bundledLandmarks.slice(1));
    expect(problems).toEqual([]);
  });

  it('lets nobody but the own store judge', () => {
    const judged = { ...published, verdict: 'off' as const };
    expect(collectLandmarks([source('team', judged)]).landmarks).toEqual(bundledLandmarks);
  });

  it('judges a throughput by the peak of its power mode or clock', () => {
    const reasonAt = (throughputFps: number, changes: Partial<Landmark>) =>
      impossibleThroughput({ ...own, throughputFps, ...changes });
    let peak = 100;
    while (reasonAt(peak, {}) === null) peak += 1;
    // 640 of 921.6 MHz.
    expect(reasonAt(0.75 * peak, {})).toBeNull();
    expect(reasonAt(0.75 * peak, { powerMode: 'MAXN' })).toBeNull();
    expect(reasonAt(0.75 * peak, { powerMode: '5W' })).toMatch(
      /at 640 MHz \(5W\).*Check its unit and the power mode\.$/,
    );
    expect(reasonAt(0.75 * peak, { gpuMHz: 460 })).toMatch(/at 460 MHz with/);
    expect(reasonAt(0.6 * peak, { powerMode: '5W' })).toBeNull();
  });

  it("names a throughput above the board's peak", () => {
    const absurd = { ...own, throughputFps: 1e6 };
    const unknownModel = { ...own, model: 'mine', parameters: 50_000_000, throughputFps: 5000 };
    const { landmarks, problems } = collectLandmarks([source('own', absurd, unknownModel)]);
    expect(landmarks).toEqual(bundledLandmarks);
    expect(problems.map(({ line, isUsed }) => [line, isUsed])).toEqual([
      [1, false],
      [2, false],
    ]);
    expect(problems[0]!.reason).toContain('above');
    expect(problems[1]!.reason).toContain('at least 50.0 MMAC');
  });

  it('cannot judge a board without a specification', () => {
    const quick = { ...own, device: 'stand-in', throughputFps: 1e6 };
    expect(beyondBundled(collectLandmarks([source('own', quick)]))).toEqual([quick]);
  });

  it('uses a landmark of an unknown family and says so', () => {
    const strange = { ...own, family: 'resnet' };
    const { landmarks, problems } = collectLandmarks([source('own', strange)]);
    expect(landmarks.at(-1)).toEqual(strange);
    expect(problems).toMatchObject([{ line: 1, isUsed: true }]);
    expect(problems[0]!.reason).toContain('Write "ResNet"');
  });

  it('keeps what files say beyond landmarks, so that it can be exported', () => {
    const line = (landmark: Landmark, extra: object) =>
      parseLandmarkLines(writeLandmarkRow(landmark, 'a', { ...extra })).lines[0]!;
    const of = (...lines: ReturnType<typeof line>[]) =>
      collectLandmarks([{ origin: 'own', file: 'own.jsonl', lines, broken: [] }]);
    const collection = of(line(own, { ambientC: 25 }), line({ ...published, verdict: 'off' }, { why: 'hot' }));
    expect(collection.entries.at(-1)!.record).toMatchObject({ ambientC: 25 });
    expect(collection.entries[0]!.record).toMatchObject({ why: 'hot' });
    expect(isSameCollection(of(line(own, { ambientC: 25 })), of(line(own, { ambientC: 26 })))).toBe(false);
  });

  it('is the same as another where the files say the same', () => {
    const one = collectLandmarks([source('own', own)]);
    expect(isSameCollection(one, collectLandmarks([source('own', own)]))).toBe(true);
    expect(isSameCollection(one, collectLandmarks([source('own', { ...own, comment: 'x' })]))).toBe(false);
    expect(isSameCollection(one, collectLandmarks([]))).toBe(false);
  });

  it('names every line of a long file that is none', () => {
    const broken = Array.from({ length: 200_000 }, (_, index) => ({ line: index + 1, reason: 'It is not JSON.' }));
    expect(collectLandmarks([{ origin: 'own', file: 'x', lines: [], broken }]).problems).toHaveLength(200_000);
  });
});
