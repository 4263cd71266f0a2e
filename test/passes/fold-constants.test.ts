import { describe, expect, it } from 'vitest';
import { compile } from '../../sdk/compile/compile.ts';
import { ModelError } from '../../sdk/core/errors.ts';
import type { Graph, Tensor } from '../../sdk/ir/graph.ts';
import { foldConstants } from '../../sdk/passes/fold-constants.ts';
import { prepare } from '../../sdk/passes/prepare.ts';
import { activation, GraphBuilder, residualNet } from '../ops/graphs.ts';

function integers(name: string, ...values: readonly number[]): Tensor {
  return { name, dtype: 'int32', shape: [values.length], data: new Uint8Array(Int32Array.from(values).buffer) };
}

const computed = (name: string, shape: readonly number[]): Tensor => ({ name, dtype: 'int32', shape });

/** x [4, 6] -> reshape by [first extent of x, ...rest] -> transpose; the file states open extents as 1. */
function computedReshape(...rest: readonly number[]): Graph {
  const build = new GraphBuilder();
  const x = build.tensor(activation('x', [4, 6]));
  const shape = build.node('shape', [x], computed('extents', [2]), {});
  const first = build.node('slice', [shape], computed('first', [1]), { begin: [0], size: [1], strides: [1], dropped: [] });
  const wanted = build.node('concat', [first, build.tensor(integers('rest', ...rest))], computed('wanted', [1 + rest.length]), { axis: 0 });
  const flat = build.node('reshape', [x, wanted], { ...activation('flat', [1, 1, 3]), isShapeOpen: true }, {});
  const y = build.node('transpose', [flat], { ...activation('y', [1, 1, 3]), isShapeOpen: true }, { permutation: [1, 0, 2] });
  return build.graph('computed', [x], [y]);
}

describe('fold-constants', () => {
  it('takes a computed shape into the reshape and infers the shapes behind it', () => {
    const folded = foldConstants.run(computedReshape(-1, 3));
    expect(folded.nodes.map(({ op, inputs }) => [op, inputs.length])).toEqual([['reshape', 1], ['transpose', 1]]);
    expect(folded.tensors.find(({ name }) => name === 'flat')!.shape).toEqual([4, 2, 3]);
    const plan = compile(computedReshape(-1, 3));
    expect(plan.outputs[0]!.shape).toEqual([2, 4, 3]);
    expect(plan.steps.map(({ op }) => op)).toEqual(['transpose']);
  });

  it('refuses computed shapes that do not hold the elements', () => {
    for (const rest of [[-1, -1], [5, 3], [0, 3]]) {
      expect(() => compile(computedReshape(...rest))).toThrow(/operator 3 reshape: the new shape 4x\S+ of 'x' \(4x6\) does not hold its elements/);
    }
  });

  it('refuses shapes known at run time only', () => {
    const build = new GraphBuilder();
    const x = build.tensor(activation('x', [4, 6]));
    const wanted = build.tensor(computed('wanted', [2]));
    const y = build.node('reshape', [x, wanted], activation('y', [6, 4]), {});
    const graph = build.graph('run time', [x, wanted], [y]);
    expect(() => compile(graph)).toThrow(ModelError);
    expect(() => compile(graph)).toThrow(/operator 0 reshape: the new shape 'wanted' is computed at run time/);
  });

  it('leaves graphs alone that have nothing to fold or are broken', () => {
    const graph = residualNet();
    expect(foldConstants.run(graph)).toBe(graph);
    const broken = { ...graph, nodes: [{ ...graph.nodes[0]!, inputs: [999] }] };
    expect(prepare(broken)).toBe(broken);
    expect(() => compile(broken)).toThrow(/999/);
  });

  it('keeps graph outputs computed', () => {
    const build = new GraphBuilder();
    const x = build.tensor(activation('x', [4, 6]));
    const extents = build.node('shape', [x], computed('extents', [2]), {});
    const plan = compile(build.graph('extents', [x], [extents]));
    expect(plan.steps.map(({ kernel }) => kernel)).toEqual(['copy_x8']);
  });
});

const float = (name: string, shape: readonly number[], data?: readonly number[]): Tensor => (
  { name, dtype: 'float32', shape, ...(data && { data: new Uint8Array(Float32Array.from(data).buffer) }) }
);

/** y = x + what `op` gives for constants. */
function added(op: string, inputs: readonly Tensor[], output: Tensor, attributes: Graph['nodes'][number]['attributes'] = {}): Graph {
  const build = new GraphBuilder();
  const x = build.tensor(float('x', output.shape));
  const folded = build.node(op, inputs.map((tensor) => build.tensor(tensor)), output, attributes);
  return build.graph('added', [x], [build.node('add', [x, folded], float('y', output.shape), { activation: 'none' })]);
}

/** Elements of the constant that the sum reads. */
function foldedValues(graph: Graph): number[] {
  const { nodes: [sum, more], tensors } = prepare(graph);
  expect(more).toBeUndefined();
  return [...new Float32Array(tensors[sum!.inputs[1]!]!.data!.slice().buffer)];
}

describe('fold-constants of constants that no kernel takes', () => {
  const coded = (dtype: Tensor['dtype'], shape: readonly number[], data: readonly number[], quantization?: Tensor['quantization']): Tensor => (
    { name: 'codes', dtype, shape, data: Uint8Array.from(data), ...(quantization && { quantization }) }
  );
  const wide = (...values: readonly bigint[]): Tensor => (
    { name: 'wide', dtype: 'int64', shape: [values.length], data: new Uint8Array(BigInt64Array.from(values).buffer) }
  );

  it.each<readonly [what: string, graph: Graph, values: readonly number[]]>([
    ['dequantizes each channel of the last axis', added('dequantize', [coded('int8', [2, 2], [1, 2, 3, 4], { scales: [0.5, 0.25], zeroPoints: [0, 1], axis: 1 })],
      float('real', [2, 2])), [0.5, 0.25, 1.5, 0.75]],
    ['dequantizes each channel of the first axis', added('dequantize', [coded('uint8', [2, 2], [1, 2, 3, 4], { scales: [0.5, 0.25], zeroPoints: [0, 1], axis: 0 })],
      float('real', [2, 2])), [0.5, 1, 0.5, 0.75]],
    ['unpacks int4 codes to dequantize them', added('dequantize', [coded('int4', [3], [0xf1, 0x08], { scales: [0.5], zeroPoints: [1] })], float('real', [3])), [0, -1, -4.5]],
    ['unpacks int4 codes to cast them', added('cast', [coded('int4', [3], [0xf1, 0x08])], float('real', [3])), [1, -1, -8]],
    ['casts bools', added('cast', [coded('bool', [2], [1, 0])], float('real', [2])), [1, 0]],
    ['casts int64', added('cast', [wide(-3n, 2n ** 40n)], float('real', [2])), [-3, 2 ** 40]],
    ['gathers by int64 indices', added('gather', [float('table', [3], [7, 8, 9]), wide(2n, 0n)], float('chosen', [2]), { axis: 0 }), [9, 7]],
  ])('%s', (_, graph, values) => {
    expect(foldedValues(graph)).toEqual(values);
  });

  it('casts int64 to the low bits of int32', () => {
    const build = new GraphBuilder();
    const x = build.tensor(activation('x', [4, 6]));
    const wanted = build.node('cast', [build.tensor(wide(2n ** 32n + 6n, -1n))], computed('wanted', [2]), {});
    const y = build.node('reshape', [x, wanted], activation('y', [6, 4]), {});
    expect(compile(build.graph('low', [x], [y])).outputs[0]!.shape).toEqual([6, 4]);
  });

  it('refuses int64 beyond the integers of a double', () => {
    expect(() => compile(added('cast', [wide(2n ** 62n)], float('real', [1])))).toThrow(/operator 0 cast: 'wide' holds 4611686018427388000; allowed are integers up to/);
  });
});

describe('fold-constants checks what it runs', () => {
  const three = float('three', [3], [1, 2, 3]);

  it.each<readonly [what: string, graph: Graph, message: RegExp]>([
    ['another shape', added('add', [three, three], float('sum', [1]), { activation: 'none' }), /operator 0 add: output 0 'sum' is declared as float32 1, add gives float32 3/],
    ['too short a shape', added('shape', [float('four', [1, 2, 3, 4], new Array<number>(24).fill(0))], computed('extents', [2])), /declared as int32 2, shape gives int32 4/],
    ['a scalar', added('softmax', [float('one', [], [1])], float('scores', []), { beta: 1 }), /operator 0 softmax: input 'one' is a scalar/],
    ['codes without a scale', added('dequantize', [{ name: 'codes', dtype: 'int8', shape: [1], data: Uint8Array.of(1) }], float('real', [1])),
      /operator 0 dequantize: input 'codes' has no quantization/],
  ])('and refuses %s', (_, graph, message) => {
    expect(() => compile(graph)).toThrow(ModelError);
    expect(() => compile(graph)).toThrow(message);
  });

  it('leaves what is written twice to the verification', () => {
    const graph = added('add', [three, three], float('sum', [3]), { activation: 'none' });
    expect(() => compile({ ...graph, nodes: [graph.nodes[0]!, ...graph.nodes] })).toThrow(/writes tensor 3 'sum', which is an input, a constant or written before/);
  });
});

describe('fold-constants bounds its work', () => {
  const SIDE = 96;
  const square = (name: string, isConstant = false): Tensor => float(name, [SIDE, SIDE], isConstant ? new Array<number>(SIDE * SIDE).fill(1) : undefined);

  it('folds no products', () => {
    const graph = added('batch-matmul', [square('a', true), square('b', true)], square('product'), { adjointA: false, adjointB: false });
    expect(foldConstants.run(graph)).toBe(graph);
  });

  it('leaves nodes beyond its bound', () => {
    const build = new GraphBuilder();
    const x = build.tensor(square('x'));
    const ones = build.tensor(square('ones', true));
    let last = x;
    for (let index = 0; index < 300; index++) {
      const sum = build.node('add', [ones, ones], square(`sum ${index}`), { activation: 'none' });
      last = build.node('add', [last, sum], square(`y ${index}`), { activation: 'none' });
    }
    const { nodes } = foldConstants.run(build.graph('many', [x], [last]));
    // Each sum reads 2 * 36864 bytes and writes 36864: 151 of them fit in 2^24.
    expect(nodes).toHaveLength(300 + 300 - 151);
  });

  it('folds nothing that no output needs', () => {
    const build = new GraphBuilder();
    const x = build.tensor(float('x', [1]));
    build.node('add', [build.tensor(float('a', [1], [1])), build.tensor(float('b', [1], [1]))], float('unused', [2]), { activation: 'none' });
    const y = build.node('sqrt', [x], float('y', [1]), {});
    expect(prepare(build.graph('dead', [x], [y])).nodes.map(({ op }) => op)).toEqual(['sqrt']);
  });
});

describe('fold-constants refuses attributes of another shape than the one it finds', () => {
  /** x [6, 6] -> reshape by a computed shape to [1, 6, 6, 1], stated as `stated` -> `op` */
  function behind(stated: readonly number[], op: string, output: readonly number[], attributes: Graph['nodes'][number]['attributes']): Graph {
    const build = new GraphBuilder();
    const x = build.tensor(activation('x', [6, 6]));
    const extents = build.node('shape', [x], computed('extents', [2]), {});
    const one = build.tensor(integers('one', 1));
    const wanted = build.node('concat', [one, extents, one], computed('wanted', [4]), { axis: 0 });
    const picture = build.node('reshape', [x, wanted], { ...activation('picture', stated), isShapeOpen: true }, {});
    const y = build.node(op, [picture], { ...activation('y', output), isShapeOpen: true }, attributes);
    return build.graph('behind', [x], [y]);
  }
  const pool = { kernel: [3, 3], strides: [2, 2], pads: [1, 1, 1, 1], activation: 'none' };
  const slice = { begin: [0, 0, 0, 0], size: [1, 1, 1, 1], strides: [1, 1, 1, 1], dropped: [] };

  it.each<readonly [op: string, stated: readonly number[], attributes: Graph['nodes'][number]['attributes']]>([
    ['max-pool2d', [1, 1, 6, 1], pool],
    ['slice', [1, 1, 1, 1], slice],
    ['reshape', [1, 1, 6, 6], {}],
    ['concat', [1, 6, 6], { axis: 2 }],
  ])('for %s', (op, stated, attributes) => {
    expect(() => compile(behind(stated, op, [1, 1, 1, 1], attributes)))
      .toThrow(/operator 3 \S+: 'picture' is stated as 1x\S+ and computed as 1x6x6x1; export the model with fixed shapes/);
  });

  it('unless no attribute depends on it', () => {
    expect(compile(behind([1, 1, 6, 1], 'max-pool2d', [1, 1, 6, 1], { ...pool, strides: [1, 1] })).outputs[0]!.shape).toEqual([1, 6, 6, 1]);
    expect(compile(behind([2, 6, 6, 1], 'max-pool2d', [2, 3, 3, 1], pool)).outputs[0]!.shape).toEqual([1, 3, 3, 1]);
  });
});
