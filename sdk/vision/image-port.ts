import { OptionError } from '../core/errors.ts';
import { formatShape } from '../core/shape.ts';
import type { Port } from '../runtime/types.ts';

export const LAYOUTS = ['nhwc', 'nchw'] as const;

/** Order of the axes of a picture tensor. */
export type Layout = (typeof LAYOUTS)[number];

/** What a model input expects of a picture. */
export interface ImageShape {
  readonly width: number;
  readonly height: number;
  readonly channels: 1 | 3;
  readonly layout: Layout;
}

function channelsOf(extent: number | undefined): 1 | 3 | undefined {
  return extent === 1 || extent === 3 ? extent : undefined;
}

/** The picture a tensor of `shape` holds, or undefined where it holds none, or where both layouts fit and none is given. */
function imageShapeOf(shape: readonly number[], layout: Layout | undefined): ImageShape | undefined {
  if (shape.length !== 4 || shape[0] !== 1) return undefined;
  const [, second, third, last] = shape as [number, number, number, number];
  const [asLast, asSecond] = [channelsOf(last), channelsOf(second)];
  const candidates: (ImageShape | undefined)[] = [
    asLast && { height: second, width: third, channels: asLast, layout: 'nhwc' },
    asSecond && { height: third, width: last, channels: asSecond, layout: 'nchw' },
  ];
  const fitting = candidates.filter((candidate) => candidate !== undefined && (layout === undefined || candidate.layout === layout));
  return fitting.length === 1 ? fitting[0] : undefined;
}

/** Whether pictures can be given to a model input at all. */
export function isImagePort(port: Pick<Port, 'shape'>): boolean {
  return LAYOUTS.some((layout) => imageShapeOf(port.shape, layout) !== undefined);
}

/**
 * What the model input `port` expects of a picture.
 * @throws OptionError when it takes no picture, or when `layout` is needed
 */
export function imagePortShape(port: Pick<Port, 'name' | 'shape'>, layout?: Layout): ImageShape {
  const shape = imageShapeOf(port.shape, layout);
  if (shape !== undefined) return shape;
  const where = `input '${port.name}' ${formatShape(port.shape)}`;
  if (layout === undefined && isImagePort(port)) {
    throw new OptionError('ambiguous-layout', `${where}: the channels may be the second or the last axis; state the layout: nhwc or nchw`);
  }
  throw new OptionError('not-an-image-input', `${where}: takes no picture${layout ? ` in ${layout} order` : ''}; ` +
    'allowed: 1 x height x width x channels (nhwc) or ' +
    '1 x channels x height x width (nchw) with 1 or 3 channels; give the tensor itself as a .npy file');
}
