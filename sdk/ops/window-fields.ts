import type { Fields } from './kernel-fields.ts';
import type { Window } from './window.ts';

type Dilations = 'DILATION_HEIGHT' | 'DILATION_WIDTH';
type Geometry = Omit<Fields<'Conv2dF32Params'>, keyof Fields<'GemmF32Params'> | 'INPUT_CHANNELS'>;

/** Fields of a window without dilation in the params blocks of pools. */
export function poolFields({ height, width }: Window): Omit<Geometry, Dilations> {
  return {
    INPUT_HEIGHT: height.input,
    INPUT_WIDTH: width.input,
    OUTPUT_HEIGHT: height.output,
    OUTPUT_WIDTH: width.output,
    KERNEL_HEIGHT: height.kernel,
    KERNEL_WIDTH: width.kernel,
    STRIDE_HEIGHT: height.stride,
    STRIDE_WIDTH: width.stride,
    PAD_TOP: height.padBefore,
    PAD_LEFT: width.padBefore,
  };
}

/** Fields of the window in the params blocks of convolutions. */
export function geometryFields(window: Window): Geometry {
  return { ...poolFields(window), DILATION_HEIGHT: window.height.dilation, DILATION_WIDTH: window.width.dilation };
}
