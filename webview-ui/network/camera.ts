/** The part of the picture that is seen, in its own units. */
export interface Camera {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

interface Size {
  readonly width: number;
  readonly height: number;
}

/** Smallest and largest size of a unit of the picture, in pixels. */
const minScale = 0.02;
const maxScale = 3;

/** Zooms about a point that stays where it is. */
export function zoomed(
  camera: Camera,
  by: number,
  about: { readonly x: number; readonly y: number },
  frame: Size,
): Camera {
  const scale = Math.min(maxScale, Math.max(minScale, (frame.width / camera.width) * by));
  const width = frame.width / scale;
  const ratio = width / camera.width;
  return {
    x: about.x - (about.x - camera.x) * ratio,
    y: about.y - (about.y - camera.y) * ratio,
    width,
    height: frame.height / scale,
  };
}

/** Moves by shares of what is seen. */
export function panned(camera: Camera, right: number, down: number): Camera {
  return { ...camera, x: camera.x + right * camera.width, y: camera.y + down * camera.height };
}

/** As much of the top of the picture as is readable: its whole width, never larger than life. */
export function fitted(picture: Size, frame: Size): Camera {
  const scale = Math.min(1, frame.width / Math.max(1, picture.width));
  const width = frame.width / scale;
  return { x: (picture.width - width) / 2, y: 0, width, height: frame.height / scale };
}

/** The same zoom with a point in the middle. */
export function centred(camera: Camera, { x, y }: { readonly x: number; readonly y: number }): Camera {
  return { ...camera, x: x - camera.width / 2, y: y - camera.height / 2 };
}
