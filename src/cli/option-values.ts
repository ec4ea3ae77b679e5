import { InvalidArgumentError } from 'commander';
import type { Query } from '../core/estimate/estimate';
import { maxSide, parseImageSize, sizeQuery } from '../core/image-size';

/** What the help says of an option that is parsed by {@link inputSize}. */
export const inputSizeFlag = '--resolution <size>';

/** The option for a board's power mode: its flag and what the help says. */
export const powerModeOption = [
  '--power-mode <name>',
  "the board's power mode, as nvpmodel names it (default: its fastest)",
] as const;

/** Parses an input size in pixels: `640x480` (width × height), or one number for a square. */
export function inputSize(text: string): Pick<Query, 'resolution' | 'height' | 'width'> {
  const size = parseImageSize(text);
  if (size === null) {
    throw new InvalidArgumentError(
      `It must be width × height in pixels, such as 640x480, or one side; ${maxSide} at most.`,
    );
  }
  return sizeQuery(size);
}

/** Parses an option's value that must be a whole number from 1. */
export function wholeNumber(text: string): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(value) || value < 1) {
    throw new InvalidArgumentError('It must be a whole number, 1 or more.');
  }
  return value;
}

/** Parses an option's value that must be a number above 0. */
export function positiveNumber(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value) || value <= 0) {
    throw new InvalidArgumentError('It must be a number greater than 0.');
  }
  return value;
}

/** Parses an option's value that must be a whole number from 0. */
export function naturalNumber(text: string): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(value)) {
    throw new InvalidArgumentError('It must be a whole number, 0 or more.');
  }
  return value;
}
