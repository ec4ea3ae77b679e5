/** Endings of TorchScript files beside an ONNX file, by which people save them. */
export const torchscriptEndings = ['.pt', '.torchscript.pt', '.torchscript'] as const;

/** A file's name without `.onnx`, as the model is called in landmarks; the whole name where nothing else is left. */
export function modelNameOf(fileName: string): string {
  return fileName.replace(/\.onnx$/i, '') || fileName;
}
