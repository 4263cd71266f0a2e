import { describe, expect, it } from 'vitest';
import { HeatPrice } from '../../../sdk/power/policies/heat-price.ts';
import type { Situation } from '../../../sdk/power/policies/types.ts';

/** Three candidates of 0, 1 and 3 W, worth 0, 0.5 and 0.9, of which the last may be too hot. */
const situation = (time: number, hot: boolean): Situation => ({
  time, watts: Float64Array.of(0, 1, 3), worth: Float64Array.of(0, 0.5, 0.9), tooHot: Uint8Array.of(0, 0, hot ? 1 : 0),
}) as unknown as Situation;

describe('the price of heat', () => {
  it('rises with what the limit refuses a joule, from one choice to the next, and is forgotten where it refuses nothing', () => {
    const price = new HeatPrice();
    const run = (from: number, to: number, hot: boolean): number => {
      for (let time = from; time < to; time += 5) price.learn(situation(time, hot), 1);
      return price.price;
    };
    expect(run(0, 100, false)).toBe(0);
    const soon = run(100, 160, true);
    const late = run(160, 4000, true);
    expect(soon).toBeGreaterThan(0);
    expect(late).toBeGreaterThan(4 * soon);
    expect(late).toBeLessThan((0.9 - 0.5) / (3 - 1));
    expect(run(4000, 8000, false)).toBeLessThan(0.01 * late);
  });

  it('leaves out what would take no more power', () => {
    const price = new HeatPrice();
    for (let time = 0; time < 1000; time += 5) price.learn(situation(time, true), 2);
    expect(price.price).toBe(0);
  });
});
