import { expect, it } from 'vitest';
import { dotChart } from '../../../sdk/power/simulator/chart.ts';

const xOf = (svg: string, tag: 'circle' | 'line'): number[] => [...svg.matchAll(new RegExp(`<${tag} (?:cx|x1)="([^"]+)"[^>]*(?:r=|stroke-width)`, 'g'))].map(([, x]) => Number(x));

it('draws a dot for each value, those below 0 at 0, and the mean', () => {
  const svg = dotChart('a < b', [{ label: 'one', values: [0.5, 1] }, { label: 'two', values: [-20, 0] }, { label: 'none', values: [] }]);
  expect(svg).toContain('a &lt; b');
  expect(svg).not.toMatch(/NaN|Infinity/);
  const [half, whole, below, zero] = xOf(svg, 'circle');
  expect(whole! - half!).toBeCloseTo(half! - zero!, 1);
  expect(below).toBe(zero);
  expect(xOf(svg, 'line')).toEqual([(half! + whole!) / 2, zero]);
});
