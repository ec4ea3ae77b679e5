import type { KernelRows } from './model-costs';
import file from './published-kernels.json';

/** What tells the kernels of a published model apart. */
export interface PublishedModel {
  readonly model: string;
  readonly parameters: number;
  /** Of the input, in pixels. */
  readonly height: number;
  readonly width: number;
  readonly batch: number;
}

const known: Readonly<Record<string, KernelRows>> = file;

export function kernelsKey({ model, parameters, height, width, batch }: PublishedModel): string {
  return `${model} ${parameters} ${height}×${width} ${batch}`;
}

/** The kernels of a published model at a size at which it was measured; null for any other. */
export function publishedKernels(model: PublishedModel): KernelRows | null {
  const key = kernelsKey(model);
  return Object.hasOwn(known, key) ? known[key]! : null;
}
