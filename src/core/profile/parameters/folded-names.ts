/**
 * True for the name that torch.onnx.export makes up for a tensor that it computes from others while exporting: the
 * operator that reads it, and a number.
 */
export function isFoldedName(name: string): boolean {
  return /^onnx::[A-Z][A-Za-z]*_\d+$/.test(name);
}
