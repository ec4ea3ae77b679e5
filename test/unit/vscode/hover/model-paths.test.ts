import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { allModelPaths, findModelPaths } from '../../../../src/vscode/hover/model-paths';
import { withCpuTime } from '../../cpu-time';

/** The readings at the `|` in `text`, which marks the cursor and is taken out. */
function readingsAt(text: string): string[] {
  const cursor = text.indexOf('|');
  return findModelPaths(text.replace('|', ''), cursor).map((mention) => mention.path);
}

describe('findModelPaths', () => {
  it.each([
    ['Python', 'session = InferenceSession("models/a|.onnx")', 'models/a.onnx'],
    ['Python, single quotes', "torch.onnx.export(net, x, 'out/my| net.onnx', opset_version=13)", 'out/my net.onnx'],
    ['Python raw string', String.raw`load(r"C:\models\new|\resnet.onnx")`, String.raw`C:\models\new\resnet.onnx`],
    ['Python escaped backslashes', String.raw`load("models\\res|net.onnx")`, String.raw`models\resnet.onnx`],
    ['Python f-string without placeholder', 'load(f"models/a|.onnx")', 'models/a.onnx'],
    ['Python triple quotes', '"""models/a|.onnx"""', 'models/a.onnx'],
    ['C++', 'parser->parseFromFile("../engines/a|.onnx", 1);', '../engines/a.onnx'],
    ['C++ raw string', String.raw`auto path = R"(C:\my models\a|.onnx)";`, String.raw`C:\my models\a.onnx`],
    ['C++ raw string with delimiter', String.raw`R"x(a (1)|.onnx)x"`, 'a (1).onnx'],
    ['JSON', String.raw`{ "model": "models\/caf\u00e9|.onnx" }`, 'models/café.onnx'],
    ['JSON, second of two', '["a.onnx", "b|.onnx"]', 'b.onnx'],
    ['YAML bare value', 'model: weights/a|.onnx', 'weights/a.onnx'],
    ['YAML bare value with spaces', 'model: my weights/a b|.onnx', 'my weights/a b.onnx'],
    ['YAML bare value with comment', 'model: weights/a|.onnx # the small one', 'weights/a.onnx'],
    ['YAML list', '  - weights/a|.onnx', 'weights/a.onnx'],
    ['YAML doubled quote', "model: 'it''s a|.onnx'", "it's a.onnx"],
    ['Markdown link', 'See [the net](models/a|.onnx).', 'models/a.onnx'],
    ['Markdown link, percent-encoded', 'See [the net](my%20models/a|.onnx).', 'my models/a.onnx'],
    ['Markdown link in angle brackets', 'See [it](<my models/a|.onnx> "title").', 'my models/a.onnx'],
    ['Markdown code', 'Run `models/a|.onnx` first', 'models/a.onnx'],
    ['shell option', 'trtexec --onnx=models/a|.onnx --fp16', 'models/a.onnx'],
    ['shell option inside a string', 'run("trtexec --onnx=models/a|.onnx --fp16")', 'models/a.onnx'],
    ['shell escaped space', String.raw`ls my\ models/a|.onnx`, 'my models/a.onnx'],
    ['key and value without space', 'file:models/a|.onnx', 'models/a.onnx'],
    ['end of a sentence', 'It writes models/a|.onnx.', 'models/a.onnx'],
    ['prose with an apostrophe', "# don't forget 'models/a|.onnx'", 'models/a.onnx'],
    ['capitals', 'load("A|.ONNX")', 'A.ONNX'],
    ['URI', 'uri = "file:///data/a%20b|.onnx"', 'file:///data/a%20b.onnx'],
    ['variable', '"model": "${workspaceFolder}/a|.onnx"', '${workspaceFolder}/a.onnx'],
    ['home', 'model=~/models/a|.onnx', '~/models/a.onnx'],
    ['Windows drive, bare', String.raw`model: C:\models\a|.onnx`, String.raw`C:\models\a.onnx`],
    ['not ASCII', 'load("模型/人脸|.onnx")', '模型/人脸.onnx'],
    ['brackets in a quoted name', 'load("a [v2] (1)|.onnx")', 'a [v2] (1).onnx'],
    ['equals sign in a bare name', 'lr=0.1/a=b|.onnx', 'lr=0.1/a=b.onnx'],
  ])('reads %s', (_name, text, path) => {
    expect(readingsAt(text)).toContain(path);
  });

  it.each([
    ['a slash', 'net = load(root / "a.onnx")', 'a.onnx'],
    ['slashes', "Path(root) / 'faces' / r'deep/a.onnx'", 'faces/deep/a.onnx'],
    ['join', 'os.path.join(args.root, "faces", f"a.onnx")', 'faces/a.onnx'],
    ['join of calls', 'path.join(dirname(__file__), "..", "models", "a.onnx")', '../models/a.onnx'],
    ['joinpath', 'root.joinpath("faces", "a.onnx")', 'faces/a.onnx'],
    ['Path of parts', 'Path("models", "a.onnx")', 'models/a.onnx'],
  ])('joins what a program joins by %s', (_name, line, path) => {
    expect(allModelPaths(line)).toHaveLength(1);
    expect(allModelPaths(line)[0]).toContainEqual(expect.objectContaining({ path, isJoined: true }));
  });

  it('joins nothing that stands by itself', () => {
    for (const line of [
      'load("a.onnx")',
      'compare("b", "a.onnx")',
      'x = ["b", "a.onnx"]',
      'half = 1 / 2; load("a.onnx")',
    ]) {
      expect(
        allModelPaths(line)
          .flat()
          .some(({ isJoined }) => isJoined),
        line,
      ).toBe(false);
    }
    expect(allModelPaths('["a.onnx", "b.onnx"]').map(([first]) => first!.path)).toEqual(['a.onnx', 'b.onnx']);
  });

  it('gives the column range of the path, without its quotes', () => {
    const line = 'x = load("models/a.onnx")';
    expect(findModelPaths(line, 12)[0]).toEqual({ start: 10, end: 23, path: 'models/a.onnx' });
  });

  it('puts what the literal means before what it looks like', () => {
    expect(readingsAt(String.raw`"a\\b|.onnx"`)[0]).toBe(String.raw`a\b.onnx`);
    // "\n" in a plain string is a line feed, which is no name: only the text as written is left.
    expect(readingsAt(String.raw`"models\net|.onnx"`)).toEqual([String.raw`models\net.onnx`]);
  });

  it.each([
    ['nothing under the cursor', 'lo|ad("a.onnx")'],
    ['another path than the one under the cursor', 'copy("a|.txt", "b.onnx")'],
    ['external data', 'open("a|.onnx.data")'],
    ['another extension', 'open("a|.onnx_data")'],
    ['a longer extension', 'open("a|.onnxruntime")'],
    ['a call in a module', 'torch.onnx|.export(net)'],
    ['a bare extension', 'glob("*|.onnx")'],
    ['an f-string with a placeholder', 'load(f"models/{na|me}.onnx")'],
    ['a web address', 'fetch("https://example.org/a|.onnx")'],
    ['a bucket', 's3://bucket/a|.onnx'],
  ])('says nothing for %s', (_name, text) => {
    expect(readingsAt(text)).toEqual([]);
  });

  it('never throws, and only returns ranges that hold the cursor and lie in the line', () => {
    const piece = fc.constantFrom(
      '.onnx',
      '"',
      "'",
      '\\',
      '(',
      ')',
      '](',
      '<',
      '>',
      'R"(',
      ' ',
      'a',
      '/',
      ':',
      '%',
      '${',
      '}',
      '\u{1f600}',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 40 }), fc.nat(80), (pieces, column) => {
        const line = pieces.join('');
        for (const mention of findModelPaths(line, column)) {
          expect(mention.start).toBeLessThanOrEqual(column);
          expect(mention.end).toBeGreaterThanOrEqual(column);
          expect(line.slice(0, mention.end).toLowerCase().endsWith('.onnx')).toBe(true);
          expect(mention.path.toLowerCase().endsWith('.onnx')).toBe(true);
        }
      }),
    );
  });

  it('stays quick on one very long line', { timeout: 60_000 }, () => {
    const line = '"models/a.onnx", '.repeat(60_000);
    const { result, cpuMs } = withCpuTime(() => findModelPaths(line, 500_010));
    expect(result.length).toBeGreaterThan(0);
    expect(cpuMs).toBeLessThan(2000);
  });
});
