import { describe, expect, it } from 'vitest';
import { defaultMemoryLimit } from '../../sdk/runtime/memory-limit.ts';

describe('default memory limit', () => {
  it.each([
    ['without a control group half of the board\'s memory', 512e6, 0, 256e6],
    ['in a control group half of what it grants', 512e6, 128e6, 64e6],
    ['a limit above the board\'s memory is none', 512e6, 2 ** 64, 256e6],
    ['at most a WebAssembly memory', 64e9, 2 ** 64, 2 ** 32],
  ])('%s', (_, total, constrained, limit) => {
    expect(defaultMemoryLimit(total, constrained)).toBe(limit);
  });
});
