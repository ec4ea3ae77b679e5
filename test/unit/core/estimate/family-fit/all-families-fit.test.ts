import { describe, expect, it } from 'vitest';
import { createEstimators } from '../../../../../src/core/estimate/estimators';
import { fitAllFamilies, fittingAllFamilies } from '../../../../../src/core/estimate/family-fit/all-families-fit';
import { fitReport, fitReportInPieces } from '../../../../../src/core/estimate/fit-report';
import { bundledLandmarks } from '../../../../../src/core/landmarks/campaigns';
import { withPauses, type Pieces } from '../../../../../src/core/pieces';

const deployment = { device: 'jetson-nano', runtime: 'tensorrt-fp16' } as const;

/** What comes of work in pieces, and in how many. */
async function inPieces<T>(work: Pieces<T>): Promise<{ readonly value: T; readonly pieces: number }> {
  let pieces = 1;
  return { value: await withPauses(work, () => void (pieces += 1)), pieces };
}

/** JSON, as fits have functions, which differ each time. */
const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

describe('the fits of all families in pieces', () => {
  const estimators = createEstimators(bundledLandmarks);

  it('are those at once, with a piece for each family', async () => {
    const { value, pieces } = await inPieces(fittingAllFamilies(createEstimators(bundledLandmarks), deployment));
    expect(plain(value)).toEqual(plain(fitAllFamilies(estimators, deployment)));
    expect(value!.families.length).toBeGreaterThan(3);
    expect(pieces).toBeGreaterThan(value!.families.length);
  });

  it('have a report in pieces that is the one at once', async () => {
    const { value, pieces } = await inPieces(fitReportInPieces(createEstimators(bundledLandmarks), deployment));
    expect(value).toEqual(fitReport(estimators, deployment));
    expect(pieces).toBeGreaterThan(value.families.length);
  });

  it('are nothing where nothing is measured', async () => {
    const nowhere = { device: 'none', runtime: 'tensorrt-fp16' } as const;
    expect((await inPieces(fittingAllFamilies(estimators, nowhere))).value).toBeNull();
  });
});
