import { Session } from 'node:inspector/promises';
import { Governor } from '../../../sdk/power/governor/governor.ts';
import type { Reading } from '../../../sdk/power/types.ts';
import { celsius, observation, optionsOf, reading, WITH_OFF } from './plant.ts';

/** Prints what decisions allocate once they are optimized, in bytes each: node scripts/run-ts.mjs test/power/governor/allocations.ts mains|battery */

const WARM = 200_000;
const COUNTED = 20_000;
const ROUNDS = 5;
const SLOT = 5;

/** Decisions in heat, motion, charge and sun that come and go. */
function decisionsOf(battery: boolean): (count: number) => void {
  const governor = new Governor(optionsOf(battery ? { battery: { capacity: 72_000 }, candidates: WITH_OFF } : {}));
  const readings: { -readonly [Name in keyof Reading]: Reading[Name] }[] = [celsius(60), ...(battery ? [reading('battery-charge', 0.6), reading('harvest-power', 2)] : [])];
  const seen: { -readonly [Name in keyof ReturnType<typeof observation>]: ReturnType<typeof observation>[Name] } = observation(0, readings, { slowdown: 1 });
  return (count) => {
    for (let index = 0; index < count; index++) {
      seen.time += SLOT;
      seen.motion = Math.floor(index / 20) % 3 === 0 ? 1 : 0;
      seen.slowdown = 1 + (index % 97) / 2000;
      readings[0]!.value = 60 + (Math.floor(index / 50) % 40) / 2;
      if (battery) readings[1]!.value = 0.02 + (Math.floor(index / 500) % 196) / 200;
      governor.decide(seen);
    }
  };
}

async function bytesEach(decide: (count: number) => void): Promise<number> {
  const session = new Session();
  session.connect();
  await session.post('HeapProfiler.startSampling', { samplingInterval: 128, includeObjectsCollectedByMajorGC: true, includeObjectsCollectedByMinorGC: true });
  decide(COUNTED);
  const { profile } = await session.post('HeapProfiler.stopSampling');
  session.disconnect();
  type Node = typeof profile.head;
  const sum = ({ selfSize, children }: Node): number => selfSize + children.reduce((total, child) => total + sum(child), 0);
  return sum(profile.head) / COUNTED;
}

const decide = decisionsOf(process.argv[2] === 'battery');
decide(WARM);
let least = Infinity;
for (let round = 0; round < ROUNDS; round++) least = Math.min(least, await bytesEach(decide));
process.stdout.write(`${least}\n`);
