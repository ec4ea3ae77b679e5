import { mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { buildCommandLine, fixtures, type CommandLine } from '../command-line';

const resnet18 = path.join(fixtures, 'resnet18.folded.onnx');

let cli: CommandLine;
let folder: string;
let store: string;
let cases = 0;

beforeAll(async () => {
  cli = await buildCommandLine();
  folder = await mkdtemp(path.join(tmpdir(), 'framecast-landmarks-'));
});

afterAll(async () => {
  await cli.remove();
  await rm(folder, { recursive: true });
});

beforeEach(() => {
  store = path.join(folder, `${(cases += 1)}`, 'data', 'framecast', 'landmarks.jsonl');
});

const run = (...args: string[]) => cli.run(args, { cwd: folder, env: { FRAMECAST_LANDMARKS: store } });

async function json(...args: string[]) {
  const outcome = await run('landmarks', ...args, '--json');
  return { ...outcome, answer: JSON.parse(outcome.stdout) as Record<string, unknown> };
}

interface Listed {
  readonly id: string;
  readonly model: string;
  readonly origin: string;
  readonly isInFits: boolean;
  readonly hasKernels: boolean;
  readonly verdict?: string;
  readonly comment?: string;
}

async function list(...args: string[]): Promise<readonly Listed[]> {
  return (await json('list', ...args)).answer['landmarks'] as readonly Listed[];
}

const measured = ['--device', 'jetson-nano', '--runtime', 'tensorrt-fp16', '--campaign', 'desk'];

const header = 'model;family;parameters;device;runtime;resolution_px;throughput_fps;campaign';
const row = (model: string, parameters: number, fps: string) =>
  `${model};ResNet;${parameters};jetson-nano;tensorrt-fp16;224;${fps};desk`;
const resnets = [
  row('resnet18', 11_689_512, '80'),
  row('resnet34', 21_797_672, '44'),
  row('resnet50', 25_557_032, '29.8'),
];

describe('framecast landmarks', () => {
  it('adds what was measured of a model file, which then speaks in predictions of the same command line', async () => {
    const added = await run('landmarks', 'add', resnet18, '--throughput', '80', ...measured);
    expect(added.code).toBe(0);
    expect(added.stderr).toContain(
      'No power mode is given, and Jetson Nano has MAXN, 5W. It is taken for MAXN, and counts less than a landmark',
    );
    expect(added.stdout).toMatch(
      /^Added resnet18\.folded at 80\.0 FPS on Jetson Nano, TensorRT FP16 as [0-9a-f]{12} to /,
    );
    const [only, ...others] = await list();
    expect(others).toEqual([]);
    expect(only).toMatchObject({ model: 'resnet18.folded', origin: 'own', isInFits: true, hasKernels: true });
    const predicted = await run('predict', resnet18);
    expect(predicted.stdout).toContain(`Uses 1 landmark of your own (${store}).`);
    const asJson = await run('predict', resnet18, '--json');
    expect(JSON.parse(asJson.stdout)).toHaveLength(1);
    expect(asJson.stderr).toContain('Uses 1 landmark of your own');
    expect((await run('plan', resnet18, '--target-fps', '30')).stdout).toContain('Uses 1 landmark of your own');
    expect((await run('predict', resnet18, '--device', 'jetson-agx-xavier')).stdout).not.toContain('of your own');
  });

  it('does not say that measurements took part which nothing followed', async () => {
    // A little slower than the paper's, and much faster: they do not agree.
    const resnet50 = path.join(fixtures, 'resnet50.folded.onnx');
    await run('landmarks', 'add', resnet18, '--throughput', '80', ...measured);
    await run('landmarks', 'add', resnet50, '--throughput', '55', ...measured);
    const doubted = await run('predict', resnet18, resnet50);
    expect(doubted.stdout).toContain(`Uses none of your 2 landmarks (${store}).`);
    expect(doubted.stdout).toContain('do not agree on how your board differs');
    expect((await run('compare', resnet18)).stdout).toContain('do not agree on how your board differs');
    const unanswered = [...measured.slice(2), '--device', 'jetson-orin-nano', '--throughput', '300'];
    await run('landmarks', 'add', resnet18, ...unanswered);
    const none = await run('plan', resnet18, '--target-fps', '30', '--device', 'jetson-orin-nano');
    expect(none.stdout).toContain('Uses none of your landmarks');
  });

  it('says that a table lacks the layers where its rows change nothing', async () => {
    const file = path.join(folder, 'small.csv');
    await writeFile(file, [header, row('small', 240_674, '200').replace('ResNet', 'MobileNetV2')].join('\n'));
    await run('landmarks', 'import', file);
    const { stdout } = await run('predict', resnet18);
    expect(stdout).toContain('Uses none of your landmarks');
    expect(stdout).toContain('without the layers, which CSV does not keep');
  });

  it('adds by name and parameters, and refuses what cannot be, what is there, and what is missing', async () => {
    const add = (...args: string[]) => run('landmarks', 'add', ...args, ...measured);
    const named = ['--name', 'mine', '--parameters', '5000000', '--family', 'resnet'];
    expect((await add(...named, '--throughput', '50')).code).toBe(0);
    expect((await readFile(store, 'utf8')).trim()).toContain('"family":"ResNet"');
    const again = await add(...named, '--throughput', '50');
    expect(again).toMatchObject({ code: 2, stdout: '' });
    expect(again.stderr).toContain('exists already');
    expect((await add(...named, '--throughput', '9000000')).stderr).toContain('is above');
    expect((await add(...named, '--throughput', '0')).stderr).toContain('greater than 0');
    expect((await add('--name', 'mine', '--throughput', '50')).stderr).toContain('--parameters');
    const inMillions = await add('--name', 'mine', '--parameters', '12', '--throughput', '50');
    expect(inMillions).toMatchObject({ code: 2, stdout: '' });
    expect(inMillions.stderr).toContain('12 parameters is too few for a network; give the whole number');
    expect((await add('none.onnx', '--throughput', '50')).stderr).toContain('none.onnx');
    expect((await run('landmarks', 'add', resnet18, '--throughput', '9')).stderr).toContain('--device');
    expect(await list()).toHaveLength(1);
  });

  it('names an unknown family and keeps the landmark', async () => {
    const named = ['--name', 'mine', '--parameters', '5000000', '--family', 'MyNet', '--throughput', '50'];
    const added = await run('landmarks', 'add', ...named, ...measured);
    expect(added.code).toBe(0);
    expect(added.stderr).toContain('"MyNet" is not one that Framecast recognises');
    expect((await run('landmarks', 'list')).stderr).toContain('line 1: Family "MyNet"');
  });

  it('imports a CSV file once, names every bad line, and tells before what changes', async () => {
    const file = path.join(folder, 'board.csv');
    const bad = [row('resnet101', 44_549_160, '19,5'), row('resnet152', 60_192_808, '0')];
    await writeFile(file, [header, ...resnets, ...bad].join('\n'));
    const preview = await run('landmarks', 'import', file, '--preview');
    expect(preview.code).toBe(2);
    expect(preview.stdout).toContain(`3 landmarks would be added to ${store}; 2 lines cannot be imported.`);
    expect(preview.stdout).toMatch(/Graph cost on Jetson Nano with TensorRT FP16: 52 landmarks → 55 landmarks/);
    expect(preview.stdout).toMatch(
      /Your board is [\d.]+% (slower|faster) than the paper's \(± [\d.]+%, from 3 models\)/,
    );
    expect(preview.stdout).toMatch(/Equation 2 of ResNet .*campaign paper → campaign desk/);
    expect(preview.stderr).toContain('board.csv, line 5 is skipped: throughput_fps "19,5" has a decimal comma');
    expect(preview.stderr).toContain('board.csv, line 6 is skipped: throughput_fps "0" is not greater than 0');
    expect(await list()).toEqual([]);

    const first = await json('import', file);
    expect(first.answer).toMatchObject({ added: 3, repeated: [] });
    const second = await json('import', file);
    expect(second.answer).toMatchObject({ added: 0, fresh: [] });
    expect(second.answer['repeated']).toHaveLength(3);
    expect(await list()).toHaveLength(3);
  });

  it('says of a file that it holds nothing, or is no text, or has both sides of a merge in it', async () => {
    const importing = async (name: string, content: string | Buffer) => {
      await writeFile(path.join(folder, name), content);
      return run('landmarks', 'import', name);
    };
    expect(await importing('empty.csv', `${header}\n`)).toMatchObject({
      code: 0,
      stderr: expect.stringContaining('empty.csv holds no landmarks.'),
    });
    expect(await importing('model.csv', await readFile(resnet18))).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('model.csv is not a text file'),
    });
    const merge = await importing('team.jsonl', '<<<<<<< ours\n{"schema":1}\n=======\n>>>>>>> theirs\n');
    expect(merge.code).toBe(2);
    expect(merge.stderr.match(/line [134] is skipped: It is a mark of a merge conflict/g)).toHaveLength(3);
    expect(merge.stderr).toContain('line 2 is skipped: "model" is missing');
    const zeros = await importing('zeros.csv', `${[header, ...resnets].join('\n')}\n${'\0'.repeat(64)}`);
    expect(zeros).toMatchObject({ code: 2, stdout: expect.stringContaining('Added 3 landmarks') });
    expect(zeros.stderr).toContain('zeros.csv, line 5 is skipped');
  });

  it('says of a landmark without family and layers that nothing can learn from it, and does not count it', async () => {
    const named = ['--name', 'mine', '--parameters', '5000000', '--throughput', '50'];
    expect((await run('landmarks', 'add', ...named, ...measured)).stderr).toContain('no fit can learn from it');
    expect((await run('predict', resnet18)).stdout).not.toContain('of your own');
  });

  it('exports what another store takes whole, and repeats nothing', async () => {
    await run('landmarks', 'add', resnet18, '--throughput', '80', ...measured, '--comment', 'cold board');
    const lines = path.join(folder, 'export.jsonl');
    expect((await run('landmarks', 'export', lines)).stdout).toBe(`Wrote 1 landmark to ${lines}.\n`);
    expect((await run('landmarks', 'export', lines)).stderr).toContain('--force');
    const table = await run('landmarks', 'export', '--format', 'csv');
    expect(table.stdout).toMatch(/^model,family,parameters,.*\nresnet18\.folded,ResNet,11689512,/);
    expect((await json('import', lines)).answer).toMatchObject({ added: 0 });
    const other = ['--landmarks', path.join(folder, 'other.jsonl')];
    expect((await json('import', lines, ...other)).answer).toMatchObject({ added: 1 });
    expect(await list(...other)).toMatchObject([{ comment: 'cold board', hasKernels: true }]);
  });

  it('does not export over the store, whatever its name there, as that would lose what is not exported', async () => {
    await run('landmarks', 'add', resnet18, '--throughput', '80', ...measured);
    const content = `${await readFile(store, 'utf8')}{"schema":2}\n`;
    await writeFile(store, content);
    const link = path.join(path.dirname(store), 'link.jsonl');
    await symlink(store, link);
    for (const file of [store, link]) {
      const exported = await run('landmarks', 'export', file, '--force');
      expect(exported).toMatchObject({ code: 2, stdout: '' });
      expect(exported.stderr).toContain('is a file that landmarks are read from');
    }
    expect(await readFile(store, 'utf8')).toBe(content);
  });

  it('knows a published landmark by its id before and after it is judged', async () => {
    const published = (await list('--all')).find(({ origin }) => origin === 'bundled')!;
    expect((await run('landmarks', 'verdict', 'off', published.id)).code).toBe(0);
    expect(await list()).toMatchObject([{ verdict: 'off' }]);
    expect((await run('landmarks', 'verdict', 'none', published.id)).code).toBe(0);
    expect((await list())[0]!.verdict).toBeUndefined();
  });

  it('begins a new file with a verdict on a published landmark, as add and import do', async () => {
    const published = (await list('--all')).find(({ origin }) => origin === 'bundled')!;
    const fresh = path.join(path.dirname(store), 'new.jsonl');
    const missing = await run('landmarks', 'verdict', 'off', 'ffffffffffff', '--landmarks', fresh);
    expect(missing).toMatchObject({ code: 2, stdout: '' });
    expect(missing.stderr).toContain('There is no landmark ffffffffffff');
    const off = await run('landmarks', 'verdict', 'off', published.id, '--landmarks', fresh);
    expect(off).toMatchObject({ code: 0, stderr: '' });
    expect(await list('--landmarks', fresh)).toMatchObject([{ model: published.model, verdict: 'off' }]);
    expect((await run('landmarks', 'remove', published.id, '--landmarks', `${fresh}2`)).stderr).toContain(
      'no such file',
    );
  });

  it('switches landmarks off and on, published ones too, and deletes own ones alone', async () => {
    await run('landmarks', 'add', resnet18, '--throughput', '80', ...measured);
    const [own] = await list();
    const published = (await list('--all')).find(({ origin }) => origin === 'bundled')!;
    const off = await run('landmarks', 'verdict', 'off', own!.id, published.id.slice(0, 8), '--comment', 'hot');
    expect(off).toMatchObject({ code: 0, stderr: '' });
    const judged = await list();
    expect(judged.map(({ isInFits, comment }) => [isInFits, comment])).toEqual([
      [false, 'hot'],
      [false, 'hot'],
    ]);
    expect((await run('landmarks', 'verdict', 'none', ...judged.map(({ id }) => id))).code).toBe(0);
    expect((await list()).every(({ isInFits, verdict }) => isInFits && verdict === undefined)).toBe(true);
    expect((await run('landmarks', 'verdict', 'maybe', own!.id)).stderr).toContain('A verdict is');
    const unjudged = (await list('--all')).filter(({ origin }) => origin === 'bundled').at(-1)!;
    expect((await run('landmarks', 'remove', unjudged.id)).stderr).toContain('is published and cannot be deleted');
    expect((await run('landmarks', 'remove', 'ffffffffffff')).stderr).toContain('There is no landmark');
    expect((await run('landmarks', 'remove', own!.id)).stdout).toContain('Deleted resnet18.folded');
    expect((await list()).filter(({ origin }) => origin === 'own')).toEqual([]);
  });

  it('names the broken lines of the store, leaves them there and answers from the others', async () => {
    await run('landmarks', 'add', resnet18, '--throughput', '80', ...measured);
    const kept = await readFile(store, 'utf8');
    const newer = JSON.stringify({ schema: 2, model: 'x' });
    await writeFile(store, `{torn\n${newer}\n${kept}`);
    const listed = await run('landmarks', 'list');
    expect(listed.code).toBe(2);
    expect(listed.stderr).toContain('line 1 is skipped: It is not JSON');
    expect(listed.stderr).toContain('line 2 is skipped: Its schema version 2 is newer');
    const predicted = await run('predict', resnet18);
    expect(predicted.code).toBe(0);
    expect(predicted.stderr).toContain('line 1 is skipped');
    const damaged = path.join(folder, 'damaged.jsonl');
    await writeFile(damaged, '{}\n'.repeat(5000));
    const named = await run('landmarks', 'list', '--landmarks', damaged);
    expect([named.code, named.stderr.split('\n').length]).toEqual([2, 22]);
    expect(named.stderr).toContain('4,980 others like these are not listed.');
    await run('landmarks', 'verdict', 'off', (await list()).find(({ origin }) => origin === 'own')!.id);
    expect(await readFile(store, 'utf8')).toMatch(
      /^\{torn\n\{"schema":2,"model":"x"\}\n\{"schema":1,"id":.*"verdict":"off".*\}\n$/,
    );
  });

  it('says what is wrong with the store itself', async () => {
    expect((await run('landmarks', 'list', '--landmarks', 'none.jsonl')).stderr).toContain('there is no such file');
    const outcome = await run('landmarks', 'import', 'none.csv');
    expect(outcome).toMatchObject({ code: 2, stdout: '' });
    expect(outcome.stderr).toContain('none.csv cannot be read: there is no such file');
    store = path.join(resnet18, 'inside.jsonl');
    const added = await run('landmarks', 'add', resnet18, '--throughput', '80', ...measured);
    expect(added.code).toBe(2);
    expect(added.stderr).toContain('a part of its path is not a folder');
  });

  it('explains itself', async () => {
    for (const name of ['', 'list', 'add', 'remove', 'verdict', 'import', 'export']) {
      const { code, stdout } = await run('landmarks', ...(name === '' ? [] : [name]), '--help');
      expect(code).toBe(0);
      expect(stdout).toContain('Usage: framecast landmarks');
    }
    expect((await run('landmarks', 'lst')).code).toBe(2);
    expect((await run('landmarks', 'list', '--nonsense')).code).toBe(2);
  });
});
