import { describe, expect, it } from 'vitest';
import { operatorOf, operators } from '../../sdk/ops/index.ts';

describe('operators', () => {
  it('are a frozen list of unique names', () => {
    expect(Object.isFrozen(operators)).toBe(true);
    expect(new Set(operators.map(({ name }) => name)).size).toBe(operators.length);
  });

  it('lists the known ones when one is missing', () => {
    const node = { op: 'svdf', name: 'operator 4 SVDF', inputs: [], outputs: [], attributes: {} };
    expect(() => operatorOf(node)).toThrow(`operator 4 SVDF: unknown operator 'svdf'; one of: ${operators.map(({ name }) => name).join(', ')}`);
    for (const operator of operators) expect(operatorOf({ ...node, op: operator.name })).toBe(operator);
  });
});
