/** Endings of TorchScript files beside an ONNX file, by which people save them. */
export const torchscriptEndings = ['.pt', '.torchscript.pt', '.torchscript'] as const;

/** Whether a file is taken for an ONNX model by the end of its name or path. */
export function isModelName(name: string): boolean {
  return /\.onnx$/i.test(name);
}

/** A file's name without `.onnx`, as the model is called in landmarks; the whole name where nothing else is left. */
export function modelNameOf(fileName: string): string {
  return fileName.replace(/\.onnx$/i, '') || fileName;
}
