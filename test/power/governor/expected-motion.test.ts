import { expect, it } from 'vitest';
import { ExpectedMotion, USUAL_MOTION } from '../../../sdk/power/governor/expected-motion.ts';

const HOUR = 3600;
const SLOT = 5;

/** Motion at noon only. */
const moves = (time: number): number => (Math.floor(time / HOUR) % 24 === 12 ? 1 : 0);

it('learns at which hours something moves, and what is usual over a day', () => {
  const expected = new ExpectedMotion();
  for (let time = 0; time < 48 * HOUR; time += SLOT) expected.update({ motion: moves(time), weight: 1, seconds: SLOT, time: time });
  for (let time = 48 * HOUR; time < 57 * HOUR; time += SLOT) expected.update({ motion: 0, weight: 1, seconds: SLOT, time: time });
  const morning = expected.usual;
  expected.update({ motion: 0, weight: 1, seconds: SLOT, time: 60.5 * HOUR });
  expect(morning).toBeLessThan(0.02);
  expect(expected.usual).toBeGreaterThan(0.2);
  expect(expected.mean).toBeGreaterThan(1 / 30);
  expect(expected.mean).toBeLessThan(1 / 15);
});

it('takes what is usual while nothing is known, and at most a minute of what was seen for a gap', () => {
  const expected = new ExpectedMotion();
  expected.update({ motion: NaN, weight: NaN, seconds: 0, time: 0 });
  expect(expected).toMatchObject({ motion: USUAL_MOTION, weight: 1, mean: USUAL_MOTION });
  expected.update({ motion: 1, weight: 2, seconds: 3600, time: 3600 });
  expect(expected.usual).toBeLessThan(0.7);
  expect(expected.motion).toBeGreaterThan(0.9);
  expect(expected.weight).toBeCloseTo(1.9, 9);
});
