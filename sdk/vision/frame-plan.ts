import { Abi, FrameSettings, FrameTap } from '../../kernels/abi.ts';
import { bitsOf, type DType } from '../core/dtype.ts';
import type { Plan, PlanBuffer, PlanPort } from '../plan/types.ts';
import type { ImageShape } from './image-port.ts';

const ALIGNMENT = 64;
/** Values a sample can have. */
export const CODES = 256;

/**
 * Inputs `frame` uint8 [frameBytes], `settings` int32 (FrameSettings), `rows` and `columns` int32 (FrameTap of each), `values` [channels, 256]
 * -> output `picture` of the model input's type and element order.
 */
export function framePlan(shape: ImageShape, dtype: DType, frameBytes: number): Plan {
  const { width, height, channels, layout } = shape;
  const element = bitsOf(dtype) / 8;
  const buffers: PlanBuffer[] = [];
  const ports: PlanPort[] = [];
  let end = 0;
  const add = (name: string, type: DType, count: number): { buffer: number } => {
    const [buffer, bytes] = [buffers.length, (count * bitsOf(type)) / 8];
    buffers.push({ name, bytes, offset: end, live: [-1, 1] });
    ports.push({ name, dtype: type, shape: [count], buffer });
    end = Math.ceil((end + bytes + Abi.READ_PADDING) / ALIGNMENT) * ALIGNMENT;
    return { buffer };
  };
  const fields = {
    SETTINGS: add('settings', 'int32', FrameSettings.SIZE / 4),
    ROWS: add('rows', 'int32', (height * FrameTap.SIZE) / 4),
    COLUMNS: add('columns', 'int32', (width * FrameTap.SIZE) / 4),
    VALUES: add('values', dtype, channels * CODES),
    FRAME: add('frame', 'uint8', frameBytes),
    OUTPUT: add('picture', dtype, width * height * channels),
    CHANNELS: channels,
    ELEMENT: element,
    OUTPUT_WIDTH: width,
    PIXEL_STEP: layout === 'nhwc' ? channels * element : element,
    CHANNEL_STEP: layout === 'nhwc' ? element : width * height * element,
  };
  return {
    abi: Abi.VERSION,
    buffers,
    constants: [],
    steps: [{ kernel: 'frame_x8', node: 'frame', op: 'Frame', params: 'FrameParams', fields, units: height, scratch: 0, macs: 0 }],
    bands: [],
    inputs: ports.slice(0, -1),
    outputs: ports.slice(-1),
    arenaBytes: end,
    arenaLowerBound: end,
  };
}
