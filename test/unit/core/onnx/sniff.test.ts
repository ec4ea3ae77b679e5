import { describe, expect, it } from 'vitest';
import { memorySource } from '../../../../src/core/onnx/byte-source';
import type { ByteSource } from '../../../../src/core/onnx/byte-source';
import { read, refusal } from './reading';
import { bytes, concat, message, node, number, opset, tag, tensor, text, value, varint } from './wire';

const ascii = (content: string): Uint8Array => new TextEncoder().encode(content);
const uint16 = (content: number): Uint8Array => new Uint8Array(Uint16Array.of(content).buffer);
const uint32 = (content: number): Uint8Array => new Uint8Array(Uint32Array.of(content).buffer);
const filler = (length: number): Uint8Array => Uint8Array.from({ length }, (_, index) => (index * 37 + 11) % 251);

/** A zip archive of empty files, as far as a reader of names cares. */
function zip(names: readonly string[]): Uint8Array {
  const local: Uint8Array[] = [];
  const directory: Uint8Array[] = [];
  for (const name of names) {
    const offset = concat(...local).length;
    local.push(concat(ascii('PK\x03\x04'), new Uint8Array(22), uint16(name.length), uint16(0), ascii(name)));
    directory.push(
      concat(
        ascii('PK\x01\x02'),
        new Uint8Array(24),
        uint16(name.length),
        new Uint8Array(12),
        uint32(offset),
        ascii(name),
      ),
    );
  }
  const listed = concat(...directory);
  const start = uint32(concat(...local).length);
  const count = uint16(names.length);
  const end = concat(ascii('PK\x05\x06'), new Uint8Array(4), count, count, uint32(listed.length), start, uint16(0));
  return concat(...local, listed, end);
}

describe('what is not ONNX is named', () => {
  const samples: [string, Uint8Array, RegExp][] = [
    [
      'a Git LFS pointer',
      ascii('version https://git-lfs.github.com/spec/v1\noid sha256:4d7a21\nsize 46733642\n'),
      /Git LFS pointer.*git lfs pull/,
    ],
    ['a git-annex pointer', ascii('/annex/objects/SHA256E-s46733642--ab.onnx\n'), /git-annex/],
    ['a DVC pointer', ascii('outs:\n- md5: a304afb96060aad90176268345e10355\n  path: a.onnx\n'), /DVC/],
    ['an HTML page', ascii('\n<!DOCTYPE html>\n<html><body>Sign in</body></html>'), /HTML page/],
    ['an HTML page behind a comment', ascii('<!-- saved --> <html>'), /HTML page/],
    [
      'an error page of a store',
      ascii('<?xml version="1.0"?><Error><Code>AccessDenied</Code></Error>'),
      /error message/,
    ],
    ['an OpenVINO model', ascii('<?xml version="1.0" ?>\n<net name="m" version="11">'), /OpenVINO/],
    ['other XML', ascii('<?xml version="1.0"?><a/>'), /XML/],
    ['JSON', ascii('{"error": "Invalid username or password."}'), /JSON/],
    ['ONNX as JSON', ascii('{\n "irVersion": "8",\n "graph": {}}'), /ONNX model written as JSON/],
    ['TensorFlow.js', ascii('{"format": "graph-model", "modelTopology": {}}'), /TensorFlow\.js/],
    ['ONNX as text', ascii('ir_version: 8\nproducer_name: "pytorch"\ngraph {\n}'), /ONNX model written as text/],
    ['ONNX as its own text', ascii('<ir_version: 8, opset_import: ["" : 17]>\nagraph (float[N] x) => ()'), /as text/],
    ['an ncnn network', ascii('7767517\n75 83\nInput data 0 1 data\n'), /ncnn/],
    ['a Caffe network', ascii('name: "ResNet-18"\nlayer {\n type: "Input"\n}'), /Caffe/],
    ['a Darknet network', ascii('# yolo\n[net]\nbatch=1'), /Darknet/],
    ['a TensorFlow graph as text', ascii('node {\n name: "x"\n op: "Placeholder"\n}'), /TensorFlow graph/],
    ['plain text', ascii('Entry not found'), /plain text \(it begins with "Entry not found"\)/],
    ['text in another script', ascii('Модель не найдена'), /plain text/],
    ['text that begins like a graph', ascii(':-) here is the model'), /plain text/],
    ['text with a byte order mark', concat(bytes(0xef, 0xbb, 0xbf), ascii('hello')), /begins with "hello"/],
    ['UTF-16 text', concat(bytes(0xff, 0xfe), new Uint8Array(Uint16Array.from(ascii('onnx')).buffer)), /UTF-16/],
    ['blank text', ascii(' \n\n'), /blank/],
    ['TorchScript', zip(['m/data.pkl', 'm/code/__torch__.py', 'm/constants.pkl', 'm/version']), /TorchScript/],
    ['a checkpoint', zip(['archive/data.pkl', 'archive/data/0', 'archive/version']), /PyTorch checkpoint/],
    ['an exported program', zip(['m/archive_format', 'm/models/model.json']), /exported program/],
    ['a Keras model', zip(['metadata.json', 'config.json', 'model.weights.h5']), /Keras/],
    ['a NumPy archive', zip(['arr_0.npy']), /NumPy archive/],
    ['a zipped model', zip(['README.md', 'det_10g.onnx']), /holds "det_10g\.onnx"/],
    ['zipped safetensors', zip(['model.safetensors']), /safetensors/],
    ['a zipped SavedModel', zip(['m/saved_model.pb', 'm/variables/variables.index']), /SavedModel/],
    ['an Office document', zip(['[Content_Types].xml', 'word/document.xml']), /Office/],
    ['another zip', zip(['a.txt']), /zip archive/],
    ['an empty zip', zip([]), /zip archive/],
    ['a zip without its end', zip(['m/data/0', 'm/data.pkl']).subarray(0, 60), /PyTorch file.*cut short/],
    ['safetensors', concat(uint32(17), uint32(0), ascii('{"w":{"dtype":1}}'), filler(16)), /safetensors/],
    ['GGUF', concat(ascii('GGUF'), uint32(3), filler(40)), /GGUF/],
    ['TensorFlow Lite', concat(uint32(28), ascii('TFL3'), filler(60)), /TensorFlow Lite/],
    ['an ORT model', concat(uint32(28), ascii('ORTM'), filler(60)), /ORT format/],
    ['ExecuTorch', concat(uint32(28), ascii('ET12'), filler(60)), /ExecuTorch/],
    ['HDF5', concat(bytes(0x89), ascii('HDF\r\n\x1a\n'), filler(40)), /HDF5.*Keras/],
    [
      'a legacy checkpoint',
      concat(bytes(0x80, 2, 0x8a, 10, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19), filler(9)),
      /before PyTorch 1\.6/,
    ],
    ['a pickle', concat(bytes(0x80, 4, 0x95), filler(30)), /pickle/],
    ['a TensorRT engine', concat(ascii('ftrt'), filler(60)), /TensorRT engine/],
    ['an RKNN model', concat(ascii('RKNN'), filler(60)), /RKNN/],
    ['gzip', concat(bytes(0x1f, 0x8b, 8, 0), filler(30)), /gzip/],
    ['Zstandard', concat(bytes(0x28, 0xb5, 0x2f, 0xfd), filler(30)), /Zstandard/],
    ['bzip2', concat(ascii('BZh91AY&SY'), filler(30)), /bzip2/],
    ['xz', concat(bytes(0xfd), ascii('7zXZ\0'), filler(30)), /xz/],
    ['7-Zip', concat(ascii('7z'), bytes(0xbc, 0xaf, 0x27, 0x1c), filler(30)), /7-Zip/],
    ['tar', concat(ascii('model.onnx'), new Uint8Array(247), ascii('ustar'), new Uint8Array(250)), /tar archive/],
    ['PNG', concat(bytes(0x89), ascii('PNG\r\n\x1a\n'), filler(30)), /PNG/],
    ['JPEG', concat(bytes(0xff, 0xd8, 0xff, 0xe0), filler(30)), /JPEG/],
    ['PDF', concat(ascii('%PDF-1.7\n'), filler(30)), /PDF/],
    ['ELF', concat(bytes(0x7f), ascii('ELF'), filler(30)), /ELF/],
    ['Mach-O', concat(bytes(0xcf, 0xfa, 0xed, 0xfe), filler(30)), /macOS/],
    ['PE', concat(ascii('MZ'), new Uint8Array(58), uint32(64), ascii('PE\0\0'), filler(30)), /Windows/],
    ['a NumPy array', concat(bytes(0x93), ascii('NUMPY\x01\0'), filler(30)), /NumPy array/],
    ['zeros', new Uint8Array(10_000), /nothing but zeros/],
    ['an ONNX tensor', tensor('x', [2, 3], 1, message(9, filler(24))), /single ONNX tensor/],
    [
      'a frozen graph',
      message(1, text(1, 'input'), text(2, 'Placeholder'), message(5, text(1, 'dtype'))),
      /frozen TensorFlow graph/,
    ],
    ['a SavedModel', concat(number(1, 1), message(2, message(1, text(5, 'serve')), filler(90_000))), /SavedModel/],
    [
      'a Core ML model',
      concat(number(1, 4), message(2, message(1, text(1, 'image'))), message(500, filler(50))),
      /Core ML/,
    ],
    ['a PaddlePaddle model', message(1, number(1, 0), number(2, -1), message(3, text(1, 'x'))), /PaddlePaddle/],
    ['a Caffe model', concat(text(1, 'LResNet'), message(100, text(1, 'data'), text(2, 'Input'))), /Caffe model/],
    ['anything else', bytes(0x22, 0x91, 0xd8, 0xcd, 0xc3, 0x10, 0x41, 0x1e), /begins with 22 91 d8 cd c3 10 41 1e/],
  ];

  it.each(samples)('%s', async (_, content, sentence) => {
    const failure = await refusal(content);
    expect(failure.code).toBe('not-onnx');
    expect(failure.message).toMatch(sentence);
    expect(failure.message).toMatch(/[.)]$/);
  });

  it('the directory of a zip is found behind a comment, and one of 64 bits by its entries', async () => {
    const archive = zip(['m/constants.pkl']);
    const comment = ascii('a comment of the archive');
    const commented = concat(archive.subarray(0, -2), uint16(comment.length), comment);
    expect((await refusal(commented)).message).toMatch(/TorchScript/);
    const large = Uint8Array.from(archive);
    large.set(uint32(0xffffffff), large.length - 6);
    expect((await refusal(large)).message).toMatch(/TorchScript/);
  });

  it('an empty file', async () => {
    expect((await refusal(new Uint8Array(0))).code).toBe('empty');
  });
});

describe('what is ONNX is never taken for something else', () => {
  it('whatever its names spell', async () => {
    const relu = node('Relu', ['x'], ['y']);
    for (const name of ['TFL3', 'ORTM', '<html>', 'ustar', '{"irVersion"', 'PK\x03\x04']) {
      const file = concat(number(1, 7), text(2, name), message(7, relu, value(11, name, [1])), opset(17));
      expect((await read(file)).producer.name).toBe(name);
    }
  });

  it('when it is damaged or cut', async () => {
    const relu = node('Relu', ['x'], ['y']);
    const flatBufferLike = concat(number(1, 7), text(2, 'TFL3'), message(7, relu, bytes(0x02)), opset(17));
    expect((await refusal(flatBufferLike)).code).toBe('malformed');
    expect((await refusal(concat(number(1, 7), text(2, 'TFL3'), tag(7, 2), varint(5000), relu))).code).toBe(
      'truncated',
    );
    expect((await refusal(bytes(0x08))).code).toBe('truncated');
  });

  it('when its graph comes first', async () => {
    const relu = node('Relu', ['x'], ['y']);
    expect((await read(concat(message(7, relu), opset(17), number(1, 8)))).graph.nodes).toHaveLength(1);
    expect((await refusal(concat(tag(7, 2), varint(5000), relu, new Uint8Array(90)))).code).toBe('truncated');
  });
});

describe('a file that cannot be read a second time', () => {
  it('keeps the failure that reading it as ONNX had', async () => {
    const page = memorySource(ascii('<!DOCTYPE html><html></html>'));
    let reads = 0;
    const source: ByteSource = {
      size: page.size,
      read: (offset, length) => (++reads > 1 ? Promise.reject(new Error('gone')) : page.read(offset, length)),
    };
    expect((await refusal(source)).code).toBe('malformed');
  });
});
