import { describe, expect, it } from 'vitest';
import { DeviceError, OptionError } from '../../sdk/core/errors.ts';
import { kernelModule, supportsModule } from '../../sdk/runtime/kernels.ts';
import { chooseKernels, measureDots, measurePeak } from '../../sdk/runtime/select.ts';

describe('choice of kernels', () => {
  it('takes a dot product that is exact here: on x86 rd, or else d16', () => {
    const choice = chooseKernels();
    const exact = measureDots().map(({ dot }) => dot);
    expect(exact).toEqual(expect.arrayContaining(['d16', 'e16']));
    expect(process.arch === 'x64' ? [exact.includes('rd') ? 'rd' : 'd16'] : exact).toContain(choice.dot);
    expect(choice.module).toBe(supportsModule('relaxed') ? 'relaxed' : 'baseline');
  });

  it('takes what was asked for', () => {
    expect(chooseKernels('baseline', 'e16')).toMatchObject({ module: 'baseline', dot: 'e16', unsignedSecond: false });
    expect(() => chooseKernels('baseline', 'rd')).toThrow(OptionError);
  });

  it('never runs relaxed kernels on Node 20', () => {
    if (Number.parseInt(process.versions.node, 10) < 22) {
      expect(supportsModule('relaxed')).toBe(false);
      expect(() => kernelModule('relaxed')).toThrow(DeviceError);
      expect(() => chooseKernels('relaxed')).toThrow(/relaxed SIMD \(Node 22 or newer\)/);
    } else {
      expect(supportsModule('relaxed')).toBe(true);
    }
  });

  it('measures a positive peak', () => {
    expect(measurePeak({ module: 'baseline', dot: 'd16' })).toBeGreaterThan(0);
  });
});
