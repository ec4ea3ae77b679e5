import { describe, expect, it } from 'vitest';
import { decodeTable } from '../../../src/files/csv-rows';
import { parseFasCsv } from '../../../src/files/fas-csv';

const defaults = { device: 'jetson-nano', runtime: 'tensorrt-fp16' } as const;
const parse = (...lines: string[]) => parseFasCsv(lines.join('\n'), defaults);

describe('a table of FAS models', () => {
  it('is read with all of its columns', () => {
    const { models, problems } = parse(
      'name,throughput_fps,basis,device,power_mode,runtime,parameters,hter_percent,hter_dataset,hter_protocol,acer_percent,acer_dataset,acer_protocol,comment',
      'Mine,42.8,measured,jetson-agx-xavier,30w_all,tensorrt-fp32,8140000,13.72,OULU-NPU,O&C&I to M,0.4,OULU-NPU,Protocol 1,"fast, small"',
    );
    expect(problems).toEqual([]);
    expect(models).toEqual([
      {
        name: 'Mine',
        throughputFps: 42.8,
        basis: 'measured',
        device: 'jetson-agx-xavier',
        powerMode: '30W_ALL',
        runtime: 'tensorrt-fp32',
        parameters: 8_140_000,
        hter: { percent: 13.72, dataset: 'OULU-NPU', protocol: 'O&C&I to M' },
        acer: { percent: 0.4, dataset: 'OULU-NPU', protocol: 'Protocol 1' },
        family: null,
        centralDifferences: 0,
        file: null,
        comment: 'fast, small',
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
        name: 'Mine',
        throughputFps: 42.8,
        basis: 'measured',
        device: 'jetson-nano',
        parameters: 8_140_000,
        hter: { percent: 13.72, dataset: 'OULU-NPU', protocol: '1' },
        acer: null,
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
      expect.stringMatching(/^Line 3 is skipped: throughput_fps is “1\.234,5”, which is no number/),
      expect.stringMatching(/^Line 4 is skipped: hter_percent is 120, but must be from 0 to 100/),
      expect.stringMatching(/^Line 5 is skipped: Name the protocol of HTER/),
      expect.stringMatching(/^Line 6 is skipped: It has 7 cells, but there are 6 columns/),
      expect.stringMatching(/^Line 7 is skipped: Give the model a name/),
      expect.stringMatching(/^Line 8 is skipped: throughput_fps is 0, but must be above 0/),
      expect.stringMatching(/^Line 12 is skipped: throughput_fps is “ten”/),
    ]);
  });

  it('takes no comma between thousands for a decimal one, and no millions for a count', () => {
    const { models, problems } = parse(
      'name;parameters;fps;hter;dataset;protocol',
      'millions;8.14;;;;',
      'thousands;8,140;;;;',
      'round thousands;8,000;;;;',
      'thousands of M;8,140 M;;;;',
      'fast;;1,234;;;',
      'fast with unit;;42,816 FPS;;;',
      'whole;8140000.0;;;;',
      'decimal;8,14 M;0,512;;;',
      'percent;;1234,5;13,725;D;P',
    );
    expect(models.map(({ name, parameters, throughputFps, hter }) => [name, parameters, throughputFps, hter])).toEqual([
      ['whole', 8_140_000, null, null],
      ['decimal', 8_140_000, 0.512, null],
      ['percent', null, 1234.5, { percent: 13.725, dataset: 'D', protocol: 'P' }],
    ]);
    expect(problems).toEqual([
      'Line 2 is skipped: parameters is “8.14”, but must be a count such as 8140000 or 8.14 M.',
      'Line 3 is skipped: parameters is “8,140”, but must be a count such as 8140000 or 8.14 M.',
      'Line 4 is skipped: parameters is “8,000”, but must be a count such as 8140000 or 8.14 M.',
      'Line 5 is skipped: parameters is “8,140 M”, which may be 8.140 or 8140. Write one of these.',
      'Line 6 is skipped: throughput_fps is “1,234”, which may be 1.234 or 1234. Write one of these.',
      'Line 7 is skipped: throughput_fps is “42,816 FPS”, which may be 42.816 or 42816. Write one of these.',
    ]);
  });

  it('is refused as a whole where its columns are wrong or it is empty', () => {
    expect(parse('a,b', '1,2')).toEqual({
      models: [],
      doubts: [],
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
      'name\n' + Array.from({ length: 20_003 }, (_, index) => `m${index}\n`).join(''),
      'name\n' + 'x\n'.repeat(10_000),
      'name\n"' + 'x'.repeat(100_000),
      '"'.repeat(9999),
      '\0\0name',
      `name\n${'y'.repeat(500)}`,
    ];
    for (const text of hostile) expect(parseFasCsv(text, defaults).problems.length).toBeGreaterThan(0);
    const { models, problems } = parseFasCsv(hostile[0]!, defaults);
    expect(models).toHaveLength(20_000);
    expect(problems).toEqual(['Line 20002 and everything after it is skipped: a table may have 20,000 rows.']);
  });

  it('takes columns in any order with their units, and boards and runtimes by their names', () => {
    const { models, problems } = parse(
      'Protocol\tACER [%]\tRuntime\tBoard\tThroughput (FPS)\tDataset\tModel',
      'P1\t0,7\tTensorRT FP32\tJetson AGX Xavier\t12,5\tSiW\tMine',
      'P1\t0,7\ttensorrt fp32\tsomething else\t12,5\tSiW\tOther',
      'P1\t0,7\tCaffe\tjetson-nano\t12,5\tSiW\tThird',
    );
    expect(problems).toEqual([expect.stringMatching(/^Line 4 is skipped: runtime is “Caffe”, but must be one of/)]);
    expect(models).toEqual([
      expect.objectContaining({
        name: 'Mine',
        device: 'jetson-agx-xavier',
        runtime: 'tensorrt-fp32',
        throughputFps: 12.5,
        hter: null,
        acer: { percent: 0.7, dataset: 'SiW', protocol: 'P1' },
      }),
      expect.objectContaining({ name: 'Other', device: 'something else', runtime: 'tensorrt-fp32' }),
    ]);
  });

  it('leaves out columns in another unit or given twice, and lines given twice, each by name', () => {
    const { models, problems } = parse(
      'name,Parameters (M),throughput (ms),fps,throughput_fps',
      'one,8,4,10,20',
      'one,9,5,10,21',
    );
    expect(models).toEqual([expect.objectContaining({ name: 'one', parameters: null, throughputFps: 10 })]);
    expect(problems).toEqual([
      expect.stringMatching(/^Column “Parameters \(M\)” is not known and was skipped/),
      expect.stringMatching(/^Column “throughput \(ms\)” is not known and was skipped/),
      'Column “throughput_fps” was skipped because column “fps” is the same.',
      'Line 3 is skipped: It is the same as line 2.',
    ]);
  });

  it('asks about rates that may be fractions, unless the table says that they are percent', () => {
    const table = (head: string, ...rates: string[]) =>
      parse(`name,${head},dataset,protocol`, ...rates.map((rate, index) => `m${index},${rate},D,P`));
    const fractions = table('hter', '0.05', '0.12');
    expect(fractions.models.map(({ hter }) => hter?.percent)).toEqual([0.05, 0.12]);
    expect(fractions.doubts).toEqual([expect.stringMatching(/^No HTER of this table is above 1\..*as 0\.12%/)]);
    for (const said of [table('hter_percent', '0.05'), table('HTER (%)', '0.05'), table('hter', '0.05 %')]) {
      expect(said.doubts).toEqual([]);
      expect(said.models[0]!.hter!.percent).toBe(0.05);
    }
    expect(table('hter', '0.5', '1.2').doubts).toEqual([]);
    expect(table('acer', '0', '0').doubts).toEqual([]);
  });

  it('costs an open quotation mark its own line alone', () => {
    const { models, problems } = parse('name,fps', 'one,1', '"open,2', 'three,3', 'four,4');
    expect(models.map(({ name }) => name)).toEqual(['one', 'three', 'four']);
    expect(problems).toEqual([expect.stringMatching(/^Line 3 is skipped: A quotation mark is not closed/)]);
  });

  it('is read as spreadsheets save it: with a separator line, in UTF-16, in the encoding of Windows', () => {
    const text = 'sep=;\r\nname;fps\r\nModèle;1,5\r\n;2\r\n';
    const utf16 = new Uint8Array([
      0xff,
      0xfe,
      ...new Uint8Array(new Uint16Array([...text].map((c) => c.charCodeAt(0))).buffer),
    ]);
    const windows = Uint8Array.from(text, (character) => character.charCodeAt(0));
    for (const bytes of [new TextEncoder().encode(`\uFEFF${text}`), utf16, windows]) {
      const { models, problems } = parseFasCsv(decodeTable(bytes), defaults);
      expect(models).toEqual([expect.objectContaining({ name: 'Modèle', throughputFps: 1.5 })]);
      expect(problems).toEqual(['Line 4 is skipped: Give the model a name.']);
    }
  });
});
