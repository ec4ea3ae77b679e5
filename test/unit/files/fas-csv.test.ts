import { describe, expect, it } from 'vitest';
import { parseFasCsv } from '../../../src/files/fas-csv';

const defaults = { device: 'jetson-nano', runtime: 'tensorrt-fp16' } as const;
const parse = (...lines: string[]) => parseFasCsv(lines.join('\n'), defaults);

describe('a table of FAS models', () => {
  it('is read with all of its columns', () => {
    const { models, problems } = parse(
      'name,throughput_fps,basis,device,runtime,parameters,hter_percent,hter_dataset,hter_protocol,acer_percent,acer_dataset,acer_protocol,comment',
      'Mine,42.8,measured,jetson-agx-xavier,tensorrt-fp32,8140000,13.72,OULU-NPU,O&C&I to M,0.4,OULU-NPU,Protocol 1,"fast, small"',
    );
    expect(problems).toEqual([]);
    expect(models).toEqual([
      {
        ...{
          name: 'Mine',
          throughputFps: 42.8,
          basis: 'measured',
          device: 'jetson-agx-xavier',
          runtime: 'tensorrt-fp32',
        },
        parameters: 8_140_000,
        hter: { percent: 13.72, dataset: 'OULU-NPU', protocol: 'O&C&I to M' },
        acer: { percent: 0.4, dataset: 'OULU-NPU', protocol: 'Protocol 1' },
        ...{ family: null, centralDifferences: 0, file: null, comment: 'fast, small' },
      },
    ]);
  });

  it('may have decimal commas, percent signs, magnitudes, a byte order mark and Windows line ends', () => {
    const { models, problems } = parseFasCsv(
      '\uFEFFModel;FPS;Parameters;HTER (%);Dataset;Protocol\r\nMine;42,8 FPS;8,14 M;13,72 %;OULU-NPU;1\r\n',
      defaults,
    );
    expect(problems).toEqual([]);
    expect(models).toEqual([
      expect.objectContaining({
        ...{ name: 'Mine', throughputFps: 42.8, basis: 'measured', device: 'jetson-nano', parameters: 8_140_000 },
        ...{ hter: { percent: 13.72, dataset: 'OULU-NPU', protocol: '1' }, acer: null },
      }),
    ]);
  });

  it('costs a wrong line alone, and names it with the reason', () => {
    const { models, problems } = parse(
      'name,throughput_fps,hter,dataset,protocol,colour',
      'good,10,5,D,P,',
      'ambiguous,"1.234,5",5,D,P,',
      'over,10,120,D,P,',
      'no protocol,10,5,D,,',
      'split comma,42,8,13,72,D,P',
      ',10,5,D,P,',
      'zero,0,5,D,P,',
      'two',
      '"multi',
      'line",20,6,D,P,',
      'wrong,ten,5,D,P,',
    );
    expect(models.map(({ name }) => name)).toEqual(['good', 'two', 'multi\nline']);
    expect(models[1]).toMatchObject({ throughputFps: null, basis: null, hter: null });
    expect(problems).toEqual([
      expect.stringMatching(/^Column “colour” is not known/),
      expect.stringMatching(/^Line 3 is left out: throughput_fps is “1\.234,5”, which is no number/),
      expect.stringMatching(/^Line 4 is left out: hter_percent is 120, but must be from 0 to 100/),
      expect.stringMatching(/^Line 5 is left out: Name the protocol of HTER/),
      expect.stringMatching(/^Line 6 is left out: It has 7 cells, but there are 6 columns/),
      expect.stringMatching(/^Line 7 is left out: Give the model a name/),
      expect.stringMatching(/^Line 8 is left out: throughput_fps is 0, but must be above 0/),
      expect.stringMatching(/^Line 12 is left out: throughput_fps is “ten”/),
    ]);
  });

  it('is refused as a whole where its columns are wrong or it is empty', () => {
    expect(parse('a,b', '1,2')).toEqual({
      models: [],
      problems: [
        expect.stringMatching(/“a”/),
        expect.stringMatching(/“b”/),
        expect.stringMatching(/No column is called name/),
      ],
    });
    expect(parse('', '  ').problems).toEqual([expect.stringMatching(/^The table is empty/)]);
  });

  it('never throws and stays bounded', () => {
    const hostile = [
      'name\n' + 'x\n'.repeat(10_000),
      'name\n"' + 'x'.repeat(100_000),
      '"'.repeat(9999),
      '\0\0name',
      `name\n${'y'.repeat(500)}`,
    ];
    for (const text of hostile) expect(parseFasCsv(text, defaults).problems.length).toBeGreaterThan(0);
    expect(parseFasCsv(hostile[0]!, defaults).models).toHaveLength(5000);
  });
});
