import { describe, expect, it } from 'vitest';
import { interpret } from '../../sdk/compile/interpret.ts';
import { ModelError, OptionError } from '../../sdk/core/errors.ts';
import type { Tensor } from '../../sdk/ir/graph.ts';
import { REQUANTIZE_MODES } from '../../sdk/ops/types.ts';
import { activation, bias, codes, random, residualNet, single, weights } from '../ops/graphs.ts';

const graph = residualNet();

describe('interpret', () => {
  it.each(REQUANTIZE_MODES)('runs a whole graph in mode %s without touching its input', (mode) => {
    const input = codes(random(5), 243);
    const before = input.slice();
    const [scores] = interpret(graph, [input], mode);
    expect(scores).toHaveLength(4);
    expect(Array.from(scores as Int8Array).reduce((sum, code) => sum + code + 128, 0)).toBeGreaterThan(250);
    expect(input).toEqual(before);
  });

  it('reads constants at any alignment', () => {
    const shifted = (tensor: Tensor): Tensor => {
      const bytes = new Uint8Array(tensor.data!.byteLength + 1);
      bytes.set(tensor.data!, 1);
      return { ...tensor, data: bytes.subarray(1) };
    };
    const build = (b: Tensor): ReturnType<typeof single> => single(
      'fully-connected', [
        activation('x', [1, 1], 1), weights([2, 1], [1, 2], [1]), b,
      ], activation('y', [1, 2], 1), { activation: 'none', keepDims: false },
    );
    expect(interpret(build(shifted(bias([5, 6]))), [Int8Array.of(1)], 'float')).toEqual([Int8Array.of(6, 8)]);
  });

  it('refuses inputs of another number, length or type', () => {
    expect(() => interpret(graph, [], 'float')).toThrow(OptionError);
    expect(() => interpret(graph, [], 'float')).toThrow(/0 inputs were given; 'residual-net' has 1/);
    expect(() => interpret(graph, [new Int8Array(242)], 'float')).toThrow(/input 0 'picture' is a Int8Array of 242 elements.* int8 1x9x9x3/);
    expect(() => interpret(graph, [new Uint8Array(243)], 'float')).toThrow(/is a Uint8Array of 243/);
  });

  it('refuses an invalid graph', () => {
    expect(() => interpret({ ...graph, outputs: [99] }, [new Int8Array(243)], 'float')).toThrow(ModelError);
  });
});
