import { readdir } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { concernsOf, type Concern } from '../../../../src/core/estimate/concerns';
import { createEstimators } from '../../../../src/core/estimate/estimators';
import type { Estimate } from '../../../../src/core/estimate/estimate';
import { isUnfit, verdictOf } from '../../../../src/core/estimate/verdict';
import { bundledLandmarks } from '../../../../src/core/landmarks/campaigns';
import { knownDevices } from '../../../../src/core/landmarks/devices';
import { predictionCard } from '../../../../src/core/present/card';
import { compareFiles } from '../present/models';
import { pipelineBudget } from '../../../../src/core/pipeline/pipeline-budget';
import { readPipeline } from '../../../../src/core/pipeline/read-pipeline';
import { planBoards } from '../../../../src/core/plan/plan-boards';
import { boardRows } from '../../../../src/core/present/boards-view';
import { hoverLines } from '../../../../src/core/present/hover-lines';
import { explorerTooltip, listFigure, problemOf, statusBarText } from '../../../../src/core/present/one-line';
import { pipelineView } from '../../../../src/core/present/pipeline-view';
import { reportHtml } from '../../../../src/core/report/report-html';
import { reportMarkdown } from '../../../../src/core/report/report-markdown';
import { reportedModel, reportOf } from '../../../../src/core/report/report';
import { comparisonCsv, comparisonMarkdown } from '../../../../src/core/present/compare-export';
import { comparedSummary } from '../../../../src/core/present/compare-text';
import { predictionView } from '../../../../src/core/present/prediction-view';
import { readModelFile } from '../../../../src/files/read-model';
import { comparisonTable } from '../../../../src/cli/compare/compare-command-table';
import { isFailed } from '../../../../src/cli/exit-code';
import { predictCard } from '../../../../src/cli/predict/predict-card';
import { answerJson } from '../../../../src/cli/predict/predict-json';

const at = (throughputFps: number, extrapolated = false): Estimate => ({
  device: 'jetson-nano',
  runtime: 'tensorrt-fp16',
  resolution: 224,
  batch: 1,
  throughputFps,
  extrapolated,
  latencyMs: 1000 / throughputFps,
  interval: { level: 0.9, lowFps: throughputFps * 0.9, highFps: throughputFps * 1.1 },
  method: 'graph-cost',
  landmarks: 9,
  campaigns: ['paper'],
  crossValidatedError: 0.05,
  basis: '',
  certainty: extrapolated ? 'outside' : 'inside',
  powerMode: null,
  notes: [],
});
const error = (code: Concern['code']): Concern => ({ code, severity: 'error', message: 'HardSwish ×21.' });
const measured = (...fps: number[]) => fps.map((throughputFps) => ({ throughputFps, campaign: 'c', source: 's' }));

describe('the verdict', () => {
  it('goes by the interval', () => {
    const of = (fps: number) => verdictOf({ estimate: at(fps) }, [], 30);
    expect(of(60)).toMatchObject({ kind: 'meets', isSure: true, ratio: 2, certainty: 'inside' });
    expect(of(31)).toMatchObject({ kind: 'meets', isSure: false });
    expect(of(29)).toMatchObject({ kind: 'misses', isSure: false });
    expect(of(20)).toMatchObject({ kind: 'misses', isSure: true });
    expect(verdictOf({ estimate: at(60, true) }, [], 30)?.certainty).toBe('outside');
    const bySpecification: Estimate = { ...at(60), certainty: 'specification' };
    expect(verdictOf({ estimate: bySpecification }, [], 30)?.certainty).toBe('specification');
    expect(verdictOf({ estimate: at(60) }, [], null)).toBeNull();
    expect(verdictOf({ estimate: null }, [], 30)).toBeNull();
  });

  it('goes by what was measured, where something was', () => {
    const of = (...fps: number[]) => verdictOf({ estimate: at(60), measured: measured(...fps) }, [], 30);
    expect(of(29)).toMatchObject({ kind: 'misses', isSure: true, certainty: 'measured', throughputFps: 29 });
    expect(of(32, 29)).toMatchObject({ kind: 'meets', isSure: false, certainty: 'measured' });
    expect(verdictOf({ estimate: null, measured: measured(40) }, [], 30)).toMatchObject({ kind: 'meets' });
  });

  it('is outranked by an engine that cannot be built, and by one that computes something else', () => {
    const broken = verdictOf({ estimate: at(32.5) }, [error('misread-operator'), error('unsupported-operator')], 30);
    expect(broken).toMatchObject({
      kind: 'does-not-run',
      sentence: 'Does not run as exported; 32.5 FPS once fixed, 108% of 30 FPS',
    });
    const wrong = { ...error('misread-operator'), computes: 'a wrong mean' };
    expect(verdictOf({ estimate: at(32.5) }, [wrong], null)).toMatchObject({
      kind: 'runs-wrongly',
      sentence: 'Runs, and computes a wrong mean; 32.5 FPS once fixed',
    });
    expect(verdictOf({ estimate: at(32.5) }, [{ ...error('training-form'), severity: 'warning' }], null)).toBeNull();
  });

  it('decides the exit code', () => {
    const fails = (targetFps: number | null, allowUnsupported: boolean) =>
      isFailed(verdictOf({ estimate: at(32.5) }, [error('unsupported-operator')], targetFps), {
        targetFps,
        allowUnsupported,
      });
    const all = [fails(30, false), fails(null, false), fails(30, true), fails(null, true), fails(40, true)];
    expect(all).toEqual([true, true, false, false, true]);
  });
});

const folder = 'test/fixtures/exported';
const names = (await readdir(folder)).filter((name) => name.endsWith('.onnx'));
const files = await Promise.all(names.map(async (name) => ({ name, read: await readModelFile(`${folder}/${name}`) })));

describe('over all fixtures and boards', () => {
  const estimators = createEstimators(bundledLandmarks);
  const models = files.flatMap(({ name, read }) =>
    read.ok ? [{ file: `${name.length}`, profile: read.value.profile }] : [],
  );

  it.each(knownDevices.map(({ id }) => id))('nothing says "meets" of what does not run on %s', (device) => {
    const query = { device, runtime: 'tensorrt-fp16' } as const;
    const targetFps = 1;
    const unfit = models.flatMap(({ file, profile }) => {
      const prediction = estimators.predict(profile, query);
      const concerns = concernsOf(profile, query);
      if (!isUnfit(verdictOf(prediction, concerns, targetFps))) return [];
      return [
        { file, ok: true, fileBytes: 1, profile, prediction, concerns, warnings: [], missingWeights: [] } as const,
      ];
    });
    if (device === 'jetson-nano') expect(unfit.length).toBeGreaterThan(0);
    const comparison = compareFiles(unfit, query, targetFps);
    const rows = unfit.map((answer) => ({
      file: answer.file,
      view: predictionView(answer.profile, query, answer.prediction, targetFps),
    }));
    const judged = unfit.map(({ profile, prediction, concerns }) => {
      const verdict = verdictOf(prediction, concerns, targetFps);
      return { profile, query, prediction, verdict };
    });
    const texts = [
      ...rows.map(({ view }) => JSON.stringify(view.verdict)),
      ...judged.flatMap((model) => [explorerTooltip(model), listFigure(model), statusBarText(model)]),
      ...judged.flatMap((model) => problemOf(model, 'a.onnx')?.sentences ?? ['meets, as there is no problem']),
      ...rows.flatMap(({ view }) => hoverLines(view)),
      ...rows.flatMap(({ view }) => [...predictionCard(view), ...predictCard('file', view, targetFps, true)]),
      ...unfit.map((answer) => JSON.stringify(answerJson(answer, targetFps).valueOf())),
      ...comparisonTable(comparison, { query, targetFps }),
      comparisonCsv(comparison, { query, targetFps }),
      comparisonMarkdown(comparison, { query, targetFps }),
      comparedSummary(comparison, targetFps),
    ];
    for (const text of texts) expect(text).not.toMatch(/\b(meets?|met)\b(?!":false)/i);
    expect(comparison.models.some(({ isOnFront }) => isOnFront)).toBe(false);
  });

  it('nor do the comparison of boards, a report and a pipeline', async () => {
    const query = { device: 'jetson-nano', runtime: 'tensorrt-fp16' } as const;
    const targetFps = 1;
    const unfit = models.filter(({ profile }) =>
      isUnfit(verdictOf(estimators.predict(profile, query), concernsOf(profile, query), targetFps)),
    );
    const answered = unfit.filter(({ profile }) => estimators.predict(profile, query).estimate !== null).slice(0, 4);
    expect(answered.length).toBeGreaterThan(1);
    const { pipeline } = readPipeline('camera_fps: 1\nstages:\n  - { name: only, model: a.onnx }\n', []);
    for (const { profile, file } of answered) {
      const boards = await planBoards(profile, query, targetFps, estimators);
      if (!boards.ok) throw new Error(boards.error.message);
      const stopped = boards.value.filter(({ verdict }) => isUnfit(verdict));
      expect(stopped.length).toBeGreaterThan(0);
      for (const row of boardRows(stopped)) expect([row.isEnough, row.verdict]).not.toEqual([true, 'met']);
      expect(boardRows(stopped).some(({ isEnough, isSmallest }) => isEnough || isSmallest)).toBe(false);

      const reported = reportedModel({ file, fileBytes: 1, profile }, query, targetFps, estimators);
      const report = reportOf([reported], [], { query, targetFps, estimators }, { version: '1', date: '2026-11-29' });
      const page = reportHtml(report).replace(/<style>.*?<\/style>/s, '');
      for (const text of [reportMarkdown(report), page]) expect(text).not.toMatch(/\b(meets|met)\b/i);

      const budget = pipelineBudget(pipeline!, [{ ok: true, value: profile }], query, estimators);
      expect(pipelineView(budget, [])).toMatchObject({ verdict: 'Does not run as exported: only', keepsUp: false });
    }
  });
});
