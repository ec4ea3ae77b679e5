import { createHash } from 'node:crypto';
import type { ByteSource } from '../core/onnx/byte-source';
import type { OpenExternal } from '../core/onnx/external-values';

/** A model's bytes, with a way to the files that it names beside it where there is one. */
export interface OpenedModel extends ByteSource {
  /** Opens files that the model names beside it; undefined where only whole files can be had. */
  readonly openExternal: OpenExternal | undefined;
}

/**
 * The same bytes, and a digest of everything that is read through it, beside the model too. A reader that is handed the
 * same bytes finds the same model, so the digest identifies what was found without reading the rest of the file.
 */
export function digestingSource(source: OpenedModel): { readonly source: OpenedModel; digest(): string } {
  const hash = createHash('sha256');
  const digesting = (name: string, inner: ByteSource): ByteSource => ({
    size: inner.size,
    read: async (offset, length) => {
      const bytes = await inner.read(offset, length);
      hash.update(JSON.stringify([name, inner.size, offset, bytes.byteLength])).update(bytes);
      return bytes;
    },
  });
  const { openExternal } = source;
  return {
    source: {
      ...digesting('', source),
      openExternal:
        openExternal &&
        (async (location) => {
          const external = await openExternal(location);
          return external && digesting(location, external);
        }),
    },
    digest: () => hash.digest('hex'),
  };
}
