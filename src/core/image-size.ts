/** Height and width of an input image in pixels. */
export interface ImageSize {
  readonly height: number;
  readonly width: number;
}

/** Sides above this are refused: no camera has more pixels, and no network takes them. */
export const maxSide = 16_384;

/** Reads `640x480` (width × height), or one number for a square, in pixels; null for anything else, or beyond {@link maxSide}. */
export function parseImageSize(text: string): ImageSize | null {
  const match = /^(\d{1,6})(?:\s*[x×*]\s*(\d{1,6}))?$/i.exec(text.trim());
  const width = Number(match?.[1]);
  const height = Number(match?.[2] ?? match?.[1]);
  const fits = [width, height].every((side) => side >= 1 && side <= maxSide);
  return match !== null && fits ? { height, width } : null;
}

/** A size as queries and costs are asked for it: one side where it is square. */
export function sizeQuery({ height, width }: ImageSize): { readonly resolution: number } | ImageSize {
  return height === width ? { resolution: height } : { height, width };
}

/** Side of the square with as many pixels, rounded: what sizes of any shape are ordered and drawn by. */
export function squareSide({ height, width }: ImageSize): number {
  return Math.round(Math.sqrt(height * width));
}

export function isSameSize(one: ImageSize, other: ImageSize): boolean {
  return one.height === other.height && one.width === other.width;
}

/** Coarsest step, in multiples of the given one, at which a shape is kept exactly; beyond, its longer side is rounded. */
const coarsest = 4;

/**
 * Sizes of one aspect ratio whose sides are multiples of a step, smallest first: 224×224, 256×256, …; 288×384, 384×512, ….
 *
 * @param step in pixels; most networks halve the image five times
 * @param largest of the longer side, in pixels
 */
export function sizesOfShape(shape: ImageSize, step: number, largest: number): readonly ImageSize[] {
  const { height, width } = aspectRatio(shape);
  const shorter = Math.min(height, width);
  const unit = shorter <= coarsest ? shorter : 1;
  const sizes: ImageSize[] = [];
  for (let side = unit; ; side += unit) {
    const scaled = (length: number) => step * Math.max(1, Math.round((length * side) / shorter));
    const size = { height: scaled(height), width: scaled(width) };
    if (Math.max(size.height, size.width) > largest) return sizes;
    sizes.push(size);
  }
}

/** The smallest whole numbers of a size's aspect ratio: 3 and 4 of 480×640. */
export function aspectRatio({ height, width }: ImageSize): ImageSize {
  const divisor = commonDivisor(height, width);
  return { height: height / divisor, width: width / divisor };
}

function commonDivisor(one: number, other: number): number {
  return other === 0 ? one : commonDivisor(other, one % other);
}
