import { t } from '../language';

interface TextSign {
  readonly pattern: RegExp;
  readonly sentence: () => string;
}

const signs: readonly TextSign[] = [
  {
    pattern: /^version https:\/\/git-lfs\.github\.com\/spec\//,
    sentence: () =>
      t(
        'This is a Git LFS pointer, not the model itself. Run "git lfs pull" in its repository (install Git LFS first).',
      ),
  },
  {
    pattern: /^(\.\.\/)*(\.git)?\/annex\/objects\//,
    sentence: () => t('This is a git-annex pointer, not the model itself. Run "git annex get" on it.'),
  },
  {
    pattern: /^outs:\s*\n\s*- (md5|hash|etag):/,
    sentence: () => t('This is a DVC pointer, not the model itself. Run "dvc pull" in its repository.'),
  },
  {
    pattern: /^(<\?xml[^>]*>\s*)?(<!--[\s\S]*?-->\s*)?<(!doctype html|html|head|body|script)\b/i,
    sentence: () =>
      t(
        'This is an HTML page, saved in place of the model. Download the file itself (on GitHub and Hugging Face: its "raw" or "download" link).',
      ),
  },
  {
    pattern: /^(<\?xml[^>]*>\s*)?<Error>/,
    sentence: () =>
      t('This is the error message of a file server, saved in place of the model. Download the model again.'),
  },
  {
    pattern: /^(<\?xml[^>]*>\s*)?<net\b/,
    sentence: () => t('This is an OpenVINO model (.xml). Open the ONNX file it was converted from.'),
  },
  { pattern: /^<\?xml/, sentence: () => t('This is an XML document, not an ONNX model. Choose the .onnx file.') },
  {
    pattern: /^7767517\s/,
    sentence: () => t('This is an ncnn network (.param). Open the ONNX file it was converted from.'),
  },
  {
    pattern: /^(#[^\n]*\n|\s)*(ir_?version|opset_?import|producer_?name)\s*[:{]/im,
    sentence: () =>
      t(
        'This is an ONNX model written as text. Load it with onnx.load(path, format="textproto") and save it as binary.',
      ),
  },
  {
    pattern: /^<\s*(ir_version|opset_import)\s*:/,
    sentence: () =>
      t('This is an ONNX model written as text. Read it with onnx.parser.parse_model and save it as binary.'),
  },
  {
    pattern: /^\{[^]*"(irVersion|opsetImport|ir_version|opset_import)"/,
    sentence: () =>
      t('This is an ONNX model written as JSON. Load it with onnx.load(path, format="json") and save it as binary.'),
  },
  {
    pattern: /^\{[^]*"(modelTopology|weightsManifest)"/,
    sentence: () => t('This is a TensorFlow.js model. Convert its original to ONNX with tf2onnx and open that file.'),
  },
  {
    pattern: /^[{[]\s*["{[\]}\d]/,
    sentence: () => t('This is JSON, not an ONNX model. Choose the .onnx file.'),
  },
  {
    pattern: /^(#[^\n]*\n|\s)*\[(net|network)\]/,
    sentence: () => t('This is a Darknet network (.cfg). Convert it to ONNX with its weights and open that file.'),
  },
  {
    pattern: /^(#[^\n]*\n|\s)*(name\s*:\s*"[^"]*"\s*)?(layers?|input(_dim)?)\s*[:{]/,
    sentence: () => t('This is a Caffe network (.prototxt). Convert it to ONNX with its weights and open that file.'),
  },
  {
    pattern: /^(#[^\n]*\n|\s)*node\s*\{/,
    sentence: () =>
      t('This is a TensorFlow graph written as text. Convert it to ONNX with tf2onnx and open that file.'),
  },
];

/** What a text file is, and what to do, as sentences; null for what is no text. */
export function describeText(head: Uint8Array): string | null {
  if (head.length >= 2 && ((head[0] === 0xff && head[1] === 0xfe) || (head[0] === 0xfe && head[1] === 0xff))) {
    return t(
      'This is UTF-16 text, as PowerShell’s ">" writes it; a model does not survive that. Let the exporter write the file itself.',
    );
  }
  const text = decodeText(head);
  if (text === null) return null;
  const trimmed = text.replace(/^\uFEFF/, '').trimStart();
  if (trimmed === '') return t('The file holds only blank text. Copy, download or export the model again.');
  const found = signs.find(({ pattern }) => pattern.test(trimmed));
  if (found !== undefined) return found.sentence();
  const start = trimmed.split('\n', 1)[0]!.trim().slice(0, 40);
  return t('This is plain text (it begins with "{0}"), not an ONNX model. Choose the .onnx file.', start);
}

/** The text, when every byte can be part of one; a character cut off at the end of the head does not count. */
function decodeText(head: Uint8Array): string | null {
  const isControl = (byte: number): boolean => byte < 0x20 && ![0x09, 0x0a, 0x0c, 0x0d, 0x1b].includes(byte);
  if (head.some((byte) => isControl(byte) || byte === 0x7f)) return null;
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(head, { stream: true });
  } catch {
    return null;
  }
}
