import { describe, expect, it } from 'vitest';
import type { FasModel } from '../../../../src/core/fas/model';
import { isSameProtocol, ownFasRow, paperAcer, paperFasRows, paperHter } from '../../../../src/core/fas/rows';

/**
 * Table 3 of Biswas et al., "Characterizing Face Recognition for Resource Efficient Deployment on Edge", as printed:
 * model with its mark, throughput with its mark, parameters in millions, HTER, ACER.
 */
const table3 = `
FeatherNetA  213.5‡  0.35   -      -
FeatherNetB  187.9‡  0.35   -      -
CDCN*        2.5‡    2.25   -      1
CDCNpp*      2.3‡    2.26   -      0.2
C-CDN HV*    2.5‡    1.25   -      0.6
C-CDN DG*    2.4‡    1.25   -      0.7
DC-CDN*      1.2‡    2.50   18.82  0.4
DBMNet       31.8†   12.44  17.59  -
SSAN-M       2.5†    8.79   19.51  -
SSAN-R       42.8†   8.14   13.72  -
HFN*         12.5†   62.12  12.4   -
`;

const printed = table3
  .trim()
  .split('\n')
  .map((line) => line.split(/\s{2,}/));

const own = (changes: Partial<FasModel>): FasModel => ({
  name: 'mine',
  parameters: 2_000_000,
  throughputFps: 40,
  basis: 'predicted',
  device: 'jetson-nano',
  runtime: 'tensorrt-fp16',
  hter: null,
  acer: null,
  family: null,
  centralDifferences: 0,
  file: null,
  comment: '',
  ...changes,
});

describe('Table 3', () => {
  it('has the rows of the paper', () => {
    expect(paperFasRows.map(({ name, marks }) => name + marks.name)).toEqual(printed.map(([model]) => model));
  });

  it.each(printed)('has every cell of %s', (model, throughput, millions, hter, acer) => {
    const row = paperFasRows.find(({ name, marks }) => name + marks.name === model)!;
    expect(`${row.throughputFps}${row.marks.throughput}`).toBe(throughput);
    expect(row.parameters! / 1e6).toBe(Number(millions));
    expect(row.hter?.percent ?? null).toBe(hter === '-' ? null : Number(hter));
    expect(row.acer?.percent ?? null).toBe(acer === '-' ? null : Number(acer));
    expect(row.approximate).toBe(model.endsWith('*'));
    expect(row.precision).toBe(throughput.endsWith('†') ? 'FP16' : 'FP32');
    expect(row.device).toBe('jetson-nano');
  });

  it('names the tests that its error rates come from', () => {
    for (const { hter, acer } of paperFasRows) {
      if (hter) expect(isSameProtocol(hter, paperHter)).toBe(true);
      if (acer) expect(isSameProtocol(acer, paperAcer)).toBe(true);
    }
    expect(isSameProtocol(paperHter, paperAcer)).toBe(false);
    expect(isSameProtocol({ dataset: 'oulu npu', protocol: 'PROTOCOL-1' }, paperAcer)).toBe(true);
  });

  it('says of central differences, of SSAN-R and of FeatherNets what the paper says', () => {
    const notes = (model: string) => paperFasRows.find(({ name }) => name === model)!.notes.join(' ');
    for (const model of ['CDCN', 'CDCNpp', 'C-CDN HV', 'C-CDN DG', 'DC-CDN'])
      expect(notes(model)).toMatch(/1 to 3 FPS/);
    expect(notes('SSAN-R')).toMatch(/good trade-off/);
    expect(notes('FeatherNetA')).toMatch(/CASIA-SURF alone/);
    expect(notes('DBMNet')).toBe('');
  });
});

describe('an own model', () => {
  it('has the note on central differences when its file has some', () => {
    expect(ownFasRow('1', own({})).notes).toEqual([]);
    expect(ownFasRow('1', own({ centralDifferences: 14 })).notes.join()).toMatch(
      /^14 central-difference convolutions\. .*1 to 3/,
    );
    expect(ownFasRow('1', own({ family: 'FeatherNet' })).notes.join()).toMatch(/slower in FP16/);
  });

  it('is not taken for one of the paper, whatever its name', () => {
    expect(ownFasRow('1', own({ name: 'SSAN-R' }))).toMatchObject({ origin: 'own', notes: [], authors: '' });
  });
});
