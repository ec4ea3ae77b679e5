import { InvalidArgumentError } from 'commander';
import type { Query } from '../core/estimate/estimate';

/** Sides above this are refused: no camera has more pixels, and no network takes them. */
const maxSide = 16_384;

/** What the help says of an option that is parsed by {@link inputSize}. */
export const inputSizeFlag = '--resolution <size>';

/** Parses an input size in pixels: `640x480` (width × height), or one number for a square. */
export function inputSize(text: string): Pick<Query, 'resolution' | 'height' | 'width'> {
  const match = /^(\d{1,6})(?:[x×](\d{1,6}))?$/i.exec(text.trim());
  const width = Number(match?.[1]);
  const height = Number(match?.[2] ?? match?.[1]);
  if (match === null || [width, height].some((side) => side < 1 || side > maxSide)) {
    throw new InvalidArgumentError(
      `It must be width × height in pixels, such as 640x480, or one side; ${maxSide} at most.`,
    );
  }
  return width === height ? { resolution: width } : { height, width };
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
