import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ModelError } from '../../sdk/core/errors.ts';
import { countValidTaps, validTaps, windowOf } from '../../sdk/ops/window.ts';
import type { WindowAxis } from '../../sdk/ops/window.ts';

const extent = fc.integer({ min: 1, max: 30 });
const step = fc.integer({ min: 1, max: 5 });
const pad = fc.integer({ min: 0, max: 12 });

/** Positions of the taps of one window. */
function positions(axis: WindowAxis, output: number): number[] {
  return Array.from({ length: axis.kernel }, (_, tap) => output * axis.stride - axis.padBefore + tap * axis.dilation);
}

describe('windows', () => {
  it('lie inside the padded input and count the taps inside the input', () => {
    fc.assert(fc.property(extent, extent, step, step, pad, pad, (input, kernel, stride, dilation, before, after) => {
      const node = {
        op: 'conv2d', name: 'n', inputs: [], outputs: [],
        attributes: { strides: [stride, 1], dilations: [dilation, 1], pads: [before, 0, after, 0] },
      };
      const reach = (kernel - 1) * dilation + 1;
      if (before >= reach || after >= reach || input + before + after < reach) {
        expect(() => windowOf(node, [1, input, 1, 1], [kernel, 1], true)).toThrow(ModelError);
        return;
      }
      const window = windowOf(node, [1, input, 1, 1], [kernel, 1], true);
      const axis = window.height;
      let taps = 0;
      for (let output = 0; output < axis.output; output++) {
        const all = positions(axis, output);
        const inside = all.map((at, tap) => (at >= 0 && at < input ? tap : -1)).filter((tap) => tap >= 0);
        const [first, end] = validTaps(axis, output);
        expect(Array.from({ length: end - first }, (_, index) => first + index)).toEqual(inside);
        expect(all.at(-1)).toBeLessThan(input + after);
        taps += inside.length;
      }
      expect(positions(axis, axis.output).at(-1)).toBeGreaterThanOrEqual(input + after);
      expect(countValidTaps(window)).toBe(taps);
    }), { seed: 6, numRuns: 2000 });
  });
});
