import { describe, expect, it } from 'vitest';
import { compile } from '../../sdk/compile/compile.ts';
import { ModelError } from '../../sdk/core/errors.ts';
import type { Graph, Tensor } from '../../sdk/ir/graph.ts';
import { foldConstants } from '../../sdk/passes/fold-constants.ts';
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
    expect(foldConstants.run(broken)).toBe(broken);
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
