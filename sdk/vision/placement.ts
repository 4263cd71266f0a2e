/** `stretch` ignores the aspect ratio, `letterbox` keeps it and adds black bars, `crop` keeps it and cuts the longer side on both ends. */
export const RESIZE_MODES = ['stretch', 'letterbox', 'crop'] as const;

export type ResizeMode = (typeof RESIZE_MODES)[number];

/** Width and height in pixels. */
export interface Size {
  readonly width: number;
  readonly height: number;
}

/** A rectangle in pixels. */
export interface Rectangle extends Size {
  readonly left: number;
  readonly top: number;
}

/** Which part of a picture fills which part of a model input. */
export interface Placement {
  readonly picture: Size;
  readonly input: Size;
  /** Part of the picture. */
  readonly from: Rectangle;
  /** Part of the input; bars fill the rest. */
  readonly to: Rectangle;
}

function centred(within: Size, width: number, height: number): Rectangle {
  return { left: Math.floor((within.width - width) / 2), top: Math.floor((within.height - height) / 2), width, height };
}

/** Extent that keeps the aspect ratio, at least 1. */
function scaled(extent: number, numerator: number, denominator: number): number {
  return Math.max(1, Math.round((extent * numerator) / denominator));
}

/** Where a picture comes to lie in an input. One of the input's size lies on all of it, whatever the mode. */
export function placementOf(picture: Size, input: Size, mode: ResizeMode): Placement {
  const wider = picture.width * input.height > picture.height * input.width;
  let from = { left: 0, top: 0, width: picture.width, height: picture.height };
  let to = { left: 0, top: 0, width: input.width, height: input.height };
  if (mode === 'crop') {
    from = wider
      ? centred(picture, scaled(picture.height, input.width, input.height), picture.height)
      : centred(picture, picture.width, scaled(picture.width, input.height, input.width));
  } else if (mode === 'letterbox') {
    to = wider
      ? centred(input, input.width, scaled(picture.height, input.width, picture.width))
      : centred(input, scaled(picture.width, input.height, picture.height), input.height);
  }
  return { picture, input, from, to };
}

function within(value: number): number {
  return Math.min(Math.max(value, 0), 1);
}

/** Place in the picture, 0…1 from the left, of a place in the input, 0…1 from the left. */
export function pictureX({ picture, input, from, to }: Placement, x: number): number {
  return within((from.left + ((x * input.width - to.left) * from.width) / to.width) / picture.width);
}

/** Place in the picture, 0…1 from the top, of a place in the input, 0…1 from the top. */
export function pictureY({ picture, input, from, to }: Placement, y: number): number {
  return within((from.top + ((y * input.height - to.top) * from.height) / to.height) / picture.height);
}
