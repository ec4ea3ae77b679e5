import { Writable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { createProgress, printable } from '../../../src/cli/terminal';

function recorder(isTTY: boolean, columns: number) {
  const written: string[] = [];
  const stream = new Writable({
    write(chunk: Buffer, _encoding, done) {
      written.push(chunk.toString());
      done();
    },
  });
  return { stream: Object.assign(stream, { isTTY, columns }), written };
}

describe('createProgress', () => {
  it('draws one line that fits the terminal and takes it away again', () => {
    const { stream, written } = recorder(true, 40);
    const progress = createProgress(stream);
    progress.report(1, 4, 'a-rather-long-name-of-a-model-file\u001b[31m.onnx');
    progress.clear();
    const erase = '\r\u001b[2K';
    expect(written[0]!.startsWith(`${erase}█████░░░░░░░░░░░░░░░ 1/4 a-rather`)).toBe(true);
    expect([...written[0]!.replace(erase, '')]).toHaveLength(39);
    expect(written[1]).toBe(erase);
  });

  it('counts the share of what is under way, in percent if it is all there is', () => {
    const { stream, written } = recorder(true, 80);
    const progress = createProgress(stream);
    progress.report(0, 1, 'net.onnx', 0.3);
    progress.report(1, 4, 'net.onnx', 0.4);
    expect(written).toEqual([
      '\r\u001b[2K██████░░░░░░░░░░░░░░ 30% net.onnx',
      '\r\u001b[2K███████░░░░░░░░░░░░░ 1/4 net.onnx',
    ]);
  });

  it('is silent where standard error is no terminal', () => {
    const { stream, written } = recorder(false, 80);
    const progress = createProgress(stream);
    progress.report(1, 4, 'net.onnx');
    progress.clear();
    expect(written).toEqual([]);
  });
});

describe('printable', () => {
  it('keeps text of any script and replaces what controls a terminal', () => {
    expect(printable('Größe モデル 😀')).toBe('Größe モデル 😀');
    expect(printable('a\u001b[2J\nb\u202Ec\u009b')).toBe('a␛[2J\uFFFDb\uFFFDc\uFFFD');
  });
});
