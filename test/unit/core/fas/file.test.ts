import { describe, expect, it } from 'vitest';
import type { Estimate } from '../../../../src/core/estimate/estimate';
import { fasFieldsOf, readFasFields } from '../../../../src/core/fas/fields';
import { fasModelNow, fasModelOfFile, type FasFile } from '../../../../src/core/fas/file';
import type { FasModel } from '../../../../src/core/fas/model';
import { failure, success, type Result } from '../../../../src/core/result';

const own = (changes: Partial<FasModel> = {}): FasModel => ({
  name: 'mine',
  parameters: 2_000_000,
  throughputFps: 40,
  basis: 'predicted',
  device: 'jetson-nano',
  runtime: 'tensorrt-fp16',
  hter: { percent: 9.5, dataset: 'OULU-NPU', protocol: 'P1' },
  acer: null,
  family: null,
  centralDifferences: 0,
  file: '/models/mine.onnx',
  comment: 'of May',
  ...changes,
});

const predicted = (throughputFps: number, resolution = 224, batch = 1) => ({
  estimate: { throughputFps, resolution, batch } as Estimate,
  reason: null,
});
const profile = { parameters: 2_000_000, family: 'ResNet', centralDifferences: 3 };
const file = (changes: Partial<typeof profile> = {}, fps = 61.23456): Result<FasFile> =>
  success({ profile: { ...profile, ...changes }, prediction: predicted(fps) });

describe('an own model with a file', () => {
  it('follows what is predicted from the file now', () => {
    const { model, notes } = fasModelNow(own(), file());
    expect(model).toEqual(own({ throughputFps: 61.23456, family: 'ResNet', centralDifferences: 3 }));
    expect(notes).toEqual([]);
    expect(fasModelNow(own({ throughputFps: null, basis: null }), file()).model).toMatchObject({
      throughputFps: 61.23456,
      basis: 'predicted',
    });
  });

  it('says at which input it is predicted where that is not the paper’s', () => {
    const at = (...size: [number, number]) =>
      fasModelNow(own(), success({ profile, prediction: predicted(61, ...size) })).notes;
    expect(at(224, 1)).toEqual([]);
    expect(at(112, 1)).toEqual([expect.stringMatching(/^Its FPS are predicted at 112×112, the input of its file/)]);
    expect(at(224, 8)).toEqual([expect.stringContaining('at 224×224, batch 8, the input')]);
    const measured = own({ basis: 'measured' });
    expect(fasModelNow(measured, success({ profile, prediction: predicted(61, 112) })).notes).toEqual([]);
  });

  it('keeps what was measured', () => {
    const measured = own({ basis: 'measured' });
    expect(fasModelNow(measured, file())).toEqual({ model: measured, notes: [] });
  });

  it('says that the file is another one now, as error rates cannot follow', () => {
    const { model, notes } = fasModelNow(own(), file({ parameters: 3_000_000 }));
    expect(model.parameters).toBe(3_000_000);
    expect(notes).toEqual([
      expect.stringMatching(/has changed since it was added: 3\.00 M parameters now, 2\.00 M then/),
    ]);
    const measured = fasModelNow(own({ basis: 'measured' }), file({ parameters: 3_000_000 }));
    expect(measured.model.parameters).toBe(2_000_000);
    expect(measured.notes).toEqual(notes);
  });

  it('says that the file is gone, or that nothing is predicted any more', () => {
    const message = 'There is no file at /models/mine.onnx. Check the path.';
    expect(fasModelNow(own(), failure('unreadable', message))).toEqual({
      model: own(),
      notes: [`Its figures stay as they were saved, as its file cannot be read. ${message}`],
    });
    const silent = fasModelNow(own(), success({ profile, prediction: { estimate: null, reason: 'Nobody measured.' } }));
    expect(silent.model.throughputFps).toBe(40);
    expect(silent.notes).toEqual([
      'Nothing is predicted for it now: Nobody measured. Its FPS stay as they were saved.',
    ]);
    expect(fasModelNow(own(), null)).toEqual({ model: own(), notes: [] });
  });
});

describe('what is typed in beside a file', () => {
  const places = [predicted(61.23456), predicted(480.5)];

  it('gets the prediction where it runs, whichever place the form was filled in for', () => {
    for (const throughputFps of [61.23, 480.5, null]) {
      expect(fasModelOfFile(own({ throughputFps }), profile, places)).toEqual(
        success(own({ throughputFps: 61.23456, family: 'ResNet', centralDifferences: 3 })),
      );
    }
    expect(fasModelOfFile(own({ parameters: null, throughputFps: null }), profile, places)).toMatchObject({
      value: { parameters: 2_000_000 },
    });
  });

  it('is a problem where it says otherwise than the file', () => {
    expect(fasModelOfFile(own({ throughputFps: 55 }), profile, places)).toMatchObject({
      error: {
        field: 'throughput_fps',
        reason: '61.23 FPS are predicted from the file. Choose “measured” for a figure of your own.',
      },
    });
    expect(fasModelOfFile(own({ parameters: 5 }), profile, places)).toMatchObject({
      error: { field: 'parameters', reason: 'The file has 2,000,000 parameters. Enter 2000000, or nothing.' },
    });
  });

  it('stands where it is measured, or where nothing is predicted', () => {
    expect(fasModelOfFile(own({ throughputFps: 55, basis: 'measured' }), profile, places)).toMatchObject({
      value: { throughputFps: 55, basis: 'measured' },
    });
    expect(fasModelOfFile(own({ throughputFps: 55 }), profile, [{ estimate: null }])).toMatchObject({
      value: { throughputFps: 55, basis: 'predicted' },
    });
  });
});

it('a model that is opened in the form and saved again is the same', () => {
  const elsewhere = { device: 'jetson-tx2', runtime: 'pytorch-fp32' } as const;
  const bare = { family: null, centralDifferences: 0, file: null };
  for (const model of [
    own({ ...bare, basis: 'measured', throughputFps: 42.123456789 }),
    own({ ...bare, throughputFps: null, basis: null, parameters: null, hter: null, comment: '' }),
    own({
      ...bare,
      acer: { percent: 0.2, dataset: 'SiW', protocol: '2' },
      device: 'my-board',
      runtime: 'tensorrt-int8',
    }),
    own({ ...bare, basis: 'measured', throughputFps: 1.5e-7, parameters: 10_000_000_000 }),
  ]) {
    expect(readFasFields(fasFieldsOf(model), elsewhere)).toEqual(success(model));
  }
});
