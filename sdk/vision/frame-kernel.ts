import { FrameSettings, FrameTap } from '../../kernels/abi.ts';
import type { DType, NumberArray } from '../core/dtype.ts';
import { chooseKernels } from '../runtime/select.ts';
import { Session } from '../runtime/session.ts';
import type { ColourRow } from './colour.ts';
import type { FramePlanes } from './frame.ts';
import { CODES, framePlan } from './frame-plan.ts';
import type { ImageShape } from './image-port.ts';
import type { Placement } from './placement.ts';
import { tapsOf } from './taps.ts';

/** How frames of one kind become a model input. */
export interface FrameSetup {
  readonly planes: FramePlanes;
  readonly placement: Placement;
  readonly matrix: readonly ColourRow[] | undefined;
  /** NumberArray of the model input for the values 0…255 of each channel, [channels][256]. */
  readonly values: NumberArray;
}

/** All constants of a frame plan come as inputs. */
const noTensors = (): Uint8Array => new Uint8Array();

function writeTaps(target: Int32Array, at: number, taps: ReturnType<typeof tapsOf>, step: number, otherStep: number, shift: 0 | 1): void {
  taps.weight.forEach((weight, index) => {
    const [near, far] = [taps.first[index]!, taps.second[index]!];
    const words = [near * step, far * step, (near >> shift) * otherStep, (far >> shift) * otherStep, weight];
    target.set(words, (at + index) * (FrameTap.SIZE / 4));
  });
}

function writeSettings(words: Int32Array, { planes, placement: { to }, matrix }: FrameSetup): void {
  words.set(planes.offsets, FrameSettings.PLANE_0 / 4);
  words.set([matrix === undefined ? 0 : 1, to.top, to.top + to.height, to.left, to.left + to.width], FrameSettings.CONVERT / 4);
  matrix?.forEach((row, channel) => row.forEach((weight, column) => {
    words[FrameSettings.MATRIX_0 / 4 + 4 * column + channel] = weight;
  }));
}

/** Fills the picture with black. */
function blacken(picture: NumberArray, values: NumberArray, { channels, layout }: ImageShape): void {
  const area = picture.length / channels;
  for (let channel = 0; channel < channels; channel++) {
    const black = values[channel * CODES]!;
    if (layout === 'nchw') picture.fill(black, channel * area, (channel + 1) * area);
    else for (let at = channel; at < picture.length; at += channels) picture[at] = black;
  }
}

/**
 * The kernel that turns frames into one model input: colours, then size, then numbers. Frames no larger than the largest before need no new memory.
 * @returns a function whose result the next call overwrites
 * @throws PlanError when a frame does not fit into memory, DeviceError when the host lacks SIMD
 */
export function openFrameKernel(shape: ImageShape, dtype: DType): (data: Uint8Array, setup: FrameSetup) => NumberArray {
  let session: Session | undefined;
  let capacity = 0;
  let current: FrameSetup | undefined;
  return (data, setup) => {
    if (session === undefined || data.length > capacity) {
      session = new Session(framePlan(shape, dtype, data.length), noTensors, { threads: 1, choice: chooseKernels() });
      capacity = data.length;
      current = undefined;
    }
    const [settings, rows, columns, values, frame] = session.inputs.map((port) => port.data) as [Int32Array, Int32Array, Int32Array, NumberArray, Uint8Array];
    const picture = session.outputs[0]!.data;
    if (setup !== current) {
      const { planes, placement: { from, to } } = setup;
      writeSettings(settings, setup);
      writeTaps(rows, to.top, tapsOf(from.top, from.height, to.height), planes.stride, planes.otherStride, planes.otherShift);
      writeTaps(columns, to.left, tapsOf(from.left, from.width, to.width), planes.step, planes.otherStep, planes.otherShift);
      values.set(setup.values);
      blacken(picture, setup.values, shape);
      current = setup;
    }
    frame.set(data);
    session.runSync();
    return picture;
  };
}
