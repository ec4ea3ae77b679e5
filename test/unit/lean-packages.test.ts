import { mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import esbuild from 'esbuild';
import { onnx } from 'onnx-proto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bundleSsh2 } from '../../scripts/bundle-ssh2.mjs';
import { leanPackages } from '../../scripts/lean-packages.mjs';

interface Bundle {
  readonly onnx: typeof onnx;
  readonly ssh2: Readonly<Record<string, unknown>>;
  readonly bcrypt: { pbkdf(...parameters: readonly (Uint8Array | number)[]): number };
}

describe('packages without what is never called', () => {
  const whole = createRequire(import.meta.url)('bcrypt-pbkdf') as Bundle['bcrypt'];
  let folder: string;
  let lean: Bundle;

  beforeAll(async () => {
    folder = await mkdtemp(join('node_modules', '.lean-'));
    const outfile = join(folder, 'bundle.cjs');
    const contents = `export { onnx } from 'onnx-proto'; export * as ssh2 from 'ssh2'; export * as bcrypt from 'bcrypt-pbkdf';`;
    await esbuild.build({
      stdin: { contents, resolveDir: '.' },
      outfile,
      bundle: true,
      platform: 'node',
      logLevel: 'error',
      plugins: [bundleSsh2, leanPackages],
    });
    lean = createRequire(import.meta.url)(join(process.cwd(), outfile)) as Bundle;
  });
  afterAll(async () => rm(folder, { recursive: true }));

  it('write and read the same models', () => {
    const model: onnx.IModelProto = {
      irVersion: 8,
      opsetImport: [{ domain: '', version: 17 }],
      graph: { name: 'g', node: [{ opType: 'Conv', attribute: [{ name: 'pads', type: 7, ints: [1, 1] }] }] },
    };
    const bytes = lean.onnx.ModelProto.encode(model).finish();
    expect(bytes).toEqual(onnx.ModelProto.encode(model).finish());
    const read = lean.onnx.ModelProto.decode(bytes);
    expect(onnx.ModelProto.encode(read).finish()).toEqual(bytes);
    expect(lean.onnx.TensorProto.DataType.FLOAT16).toBe(10);
    // Otherwise nothing was left out.
    expect(lean.onnx.ModelProto).not.toHaveProperty('fromObject');
    expect(lean.onnx.ModelProto).not.toHaveProperty('verify');
    expect(lean.onnx.ModelProto.prototype).not.toHaveProperty('toJSON');
  });

  it('derive the same keys from passphrases', () => {
    const passphrase = Buffer.from('correct horse');
    const salt = Buffer.from('0123456789abcdef');
    const keys = [whole, lean.bcrypt].map(({ pbkdf }) => {
      const key = new Uint8Array(48);
      expect(pbkdf(passphrase, passphrase.length, salt, salt.length, key, key.length, 4)).toBe(0);
      return key;
    });
    expect(keys[1]).toEqual(keys[0]);
  });

  it('keep the client of ssh2', () => {
    expect(lean.ssh2).toMatchObject({
      Client: expect.any(Function) as unknown,
      OpenSSHAgent: expect.any(Function) as unknown,
      utils: { parseKey: expect.any(Function) as unknown },
    });
  });
});
