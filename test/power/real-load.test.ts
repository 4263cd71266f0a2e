import { describe, expect, it } from 'vitest';
import { openSensors } from '../../devices/open-sensors.ts';
import { candidatesOf } from '../../sdk/power/candidates.ts';
import { Governor } from '../../sdk/power/governor/governor.ts';
import { advancePoles } from '../../sdk/power/thermal.ts';
import { variantCosts } from '../../sdk/variants/costs.ts';
import { follow } from '../../sdk/variants/follow.ts';
import { ModelVariants } from '../../sdk/variants/model-variants.ts';
import { Tree } from '../devices/tree.ts';
import { COLOUR, GREY, variantsIn } from '../variants/directory.ts';

const POWER = { idle: 2.5, core: 0.8 };
const THERMAL = { limit: 80, poles: [{ resistance: 8, seconds: 110 }, { resistance: 3, seconds: 900 }] };
const RATE = 10;
const DEADLINE = 0.1;
const SLOT = 2;
const SECONDS = 400;
const AMBIENT = 35;
/** Idle the board stays below its limit, at work it would not. */
const HOT_AMBIENT = 50;
/** Seconds of one inference at full speed. */
const LATENCY = new Map([['grey', [0.015]], ['colour', [0.06]]]);
/** Time in which something else takes most of the processor, and how much slower it then is. */
const LIMITED = { from: 100, until: 250, factor: 3 };

interface Course {
  readonly missed: number;
  /** Left out as the board was to idle. */
  readonly idled: number;
  readonly frames: number;
  readonly hottest: number;
  readonly used: readonly string[];
}

/** A camera loop in virtual time: real models, sensors that read a thermal tree of files, inferences that take as long as the processor is free. */
async function loop({ dryRun = false, ambient = AMBIENT }: { readonly dryRun?: boolean; readonly ambient?: number } = {}): Promise<Course> {
  using tree = new Tree({ 'sys/class/thermal/thermal_zone0/type': 'cpu-thermal\n', 'sys/class/thermal/thermal_zone0/temp': `${1000 * ambient}\n` });
  let now = 0;
  const clock = (): number => now;
  await using variants = await ModelVariants.open(variantsIn([GREY, { ...COLOUR, row: { ...COLOUR.row, accuracy: { ...COLOUR.row.accuracy, value: 0.8 } } }]), { threads: 1, first: 'colour' });
  const candidates = candidatesOf({ variants: variantCosts(variants.variants, { measured: LATENCY }), power: POWER, cores: 1, rates: [RATE], deadline: DEADLINE });
  const governor = new Governor({
    board: { thermal: THERMAL, power: POWER }, candidates, worth: { dwell: 0.5, scan: 0.02 }, slot: SLOT, deadline: DEADLINE, minimumRate: RATE,
    sensors: [openSensors({ root: tree.root, clock })], clock, dryRun, policy: dryRun ? 'fixed' : 'price',
  });
  const following = dryRun ? undefined : follow(governor, variants);
  const rises = Float64Array.from(THERMAL.poles, ({ resistance }) => resistance * POWER.idle);
  const used: string[] = [];
  let [busy, slot, missed, idled, hottest, slowdown] = [0, 0, 0, 0, 0, NaN];
  const decide = async (): Promise<void> => {
    governor.step({ motion: 1, slowdown });
    await following?.settled;
  };
  for (let frame = 0; frame < SECONDS * RATE; frame++) {
    const captured = frame / RATE;
    now = Math.max(now, captured);
    while (now >= slot * SLOT) {
      advancePoles(THERMAL.poles, rises, POWER.idle + POWER.core * Math.min(1, busy / SLOT), SLOT, rises);
      const temperature = ambient + rises[0]! + rises[1]!;
      hottest = Math.max(hottest, temperature);
      tree.write({ 'sys/class/thermal/thermal_zone0/temp': `${Math.round(1000 * temperature)}\n` });
      busy = 0;
      slot++;
      await decide();
    }
    if (now > captured + DEADLINE) {
      missed++;
      continue;
    }
    if (!dryRun && governor.decision.candidate.variant < 0) {
      idled++;
      continue;
    }
    const { name } = variants;
    const { outputs } = await variants.infer((inputs) => { for (const { data } of inputs) (data as Int8Array).fill(frame % 100); });
    expect(outputs[0]!.data.length).toBeGreaterThan(0);
    if (used.at(-1) !== name) used.push(name);
    slowdown = now >= LIMITED.from && now < LIMITED.until ? LIMITED.factor : 1;
    const [seconds] = LATENCY.get(name)!;
    now += seconds! * slowdown;
    busy += seconds!;
    if (now <= captured + DEADLINE) continue;
    missed++;
    await decide();
  }
  following?.stop();
  return { missed, idled, frames: SECONDS * RATE, hottest, used };
}

describe('a camera loop in great heat', () => {
  it('stays below the limit by leaving frames out; one that does not listen passes it', async () => {
    const { idled, frames, hottest } = await loop({ ambient: HOT_AMBIENT });
    expect(hottest).toBeLessThanOrEqual(THERMAL.limit);
    expect(idled).toBeGreaterThan(0.5 * frames);
    expect((await loop({ ambient: HOT_AMBIENT, dryRun: true })).hottest).toBeGreaterThan(THERMAL.limit);
  }, 60_000);
});

describe('a camera loop whose processor is taken away for some minutes', () => {
  it('keeps its deadlines by switching variants, and returns to the better one', async () => {
    const { missed, idled, frames, hottest, used } = await loop();
    expect(idled).toBeLessThanOrEqual(SLOT * RATE);
    expect(missed).toBeLessThanOrEqual(0.001 * frames);
    expect(used).toEqual(['colour', 'grey', 'colour']);
    expect(hottest).toBeLessThanOrEqual(THERMAL.limit);
  }, 60_000);

  it('misses them with a fixed variant', async () => {
    const { missed, used } = await loop({ dryRun: true });
    expect(used).toEqual(['colour']);
    expect(missed).toBeGreaterThan(0.3 * (LIMITED.until - LIMITED.from) * RATE);
  }, 60_000);
});
