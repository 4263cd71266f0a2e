import { expect, it } from 'vitest';
import { ExpectedMotion, USUAL_MOTION } from '../../../sdk/power/governor/expected-motion.ts';
import { Random } from '../../../sdk/power/simulator/random.ts';

const HOUR = 3600;
const SLOT = 5;
const DAYS = 10;

/** Motion at noon only. */
const moves = (time: number): number => (Math.floor(time / HOUR) % 24 === 12 ? 1 : 0);

it('learns at which hours something moves, and what is usual over a day', () => {
  const expected = new ExpectedMotion();
  for (let time = 0; time < 48 * HOUR; time += SLOT) expected.update({ motion: moves(time), weight: 1, time });
  for (let time = 48 * HOUR; time < 57 * HOUR; time += SLOT) expected.update({ motion: 0, weight: 1, time });
  const morning = expected.usual;
  expected.update({ motion: 0, weight: 1, time: 60.5 * HOUR });
  expect(morning).toBeLessThan(0.02);
  expect(expected.usual).toBeGreaterThan(0.2);
  expect(expected.mean).toBeGreaterThan(1 / 30);
  expect(expected.mean).toBeLessThan(1 / 15);
});

it('takes what is usual while nothing is known, and a look after a gap for as much as motion lasts', () => {
  const expected = new ExpectedMotion();
  expected.update({ motion: NaN, weight: NaN, time: 0 });
  expect(expected).toMatchObject({ motion: USUAL_MOTION, weight: 1, mean: USUAL_MOTION });
  expected.update({ motion: 0, weight: 1, time: 5 });
  expect(expected.usual).toBe(USUAL_MOTION);
  expected.update({ motion: 1, weight: 2, time: 3600 });
  expect(expected.usual).toBeGreaterThan(0.4);
  expect(expected.usual).toBeLessThan(0.7);
  expect(expected.motion).toBeGreaterThan(0.9);
  expect(expected.weight).toBeCloseTo(1.9, 9);
});

/** Mean of what is taken for usual, by the hour, where nothing is looked at for `off` seconds once nothing moves. */
function meanUsual(share: number, off: number): number {
  const end = SLOT / 90;
  const begin = (end * share) / (1 - share);
  const random = new Random(7, 1);
  const expected = new ExpectedMotion();
  let moving = false;
  let next = 0;
  let sum = 0;
  for (let time = 0; time < DAYS * 24 * HOUR; time += SLOT) {
    moving = moving ? random.next() >= end : random.next() < begin;
    if (time % HOUR === 0) sum += expected.usual;
    if (time < next) continue;
    expected.update({ motion: moving ? 1 : 0, weight: 1, time });
    if (!moving) next = time + off;
  }
  return sum / (DAYS * 24);
}

it.each([0.05, 0.2, 0.4])('learns that motion takes %d of the time, whether it always watches or powers off while nothing moves', (share) => {
  for (const off of [SLOT, 300, 900]) expect(Math.abs(meanUsual(share, off) - share)).toBeLessThan(0.06);
});
