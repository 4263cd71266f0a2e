import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { nodeFs } from '../../sdk/core/node-fs.ts';
import { adaptPoles } from '../../sdk/power/calibration/adapt-poles.ts';
import { calibrate } from '../../sdk/power/calibration/calibrate.ts';
import type { CalibrationOptions } from '../../sdk/power/calibration/calibrate.ts';
import { fitThermal } from '../../sdk/power/calibration/fit-thermal.ts';
import { checkStorable, loadProfile, saveProfile } from '../../sdk/power/calibration/profile-file.ts';
import { measuredLatency, type BoardProfile } from '../../sdk/power/calibration/profile.ts';
import type { ThermalSample } from '../../sdk/power/calibration/thermal-recording.ts';
import { advancePoles, settledRise } from '../../sdk/power/thermal.ts';
import type { ThermalPole } from '../../sdk/power/types.ts';

const AMBIENT = 25;
const ZERO: readonly ThermalPole[] = [{ resistance: 30, seconds: 210 }];
const TWO: readonly ThermalPole[] = [{ resistance: 26, seconds: 180 }, { resistance: 4, seconds: 1500 }];

/** About normal, of deviation 1; the same for a seed. */
function noise(seed: number): () => number {
  let state = seed >>> 0;
  const uniform = (): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
  return () => Array.from({ length: 12 }, uniform).reduce((sum, value) => sum + value, -6);
}

interface Plan {
  readonly poles: readonly ThermalPole[];
  /** Seconds and watts of each part. */
  readonly parts: readonly (readonly [number, number])[];
  readonly step: number;
  readonly settled: boolean;
}

/** What a sensor with steps of 1 C and noise of 0.3 K shows of a plant. */
function recording({ poles, parts, step, settled }: Plan, seed: number): ThermalSample[] {
  const normal = noise(seed);
  const state = Float64Array.from(poles, ({ resistance }) => (settled ? resistance * parts[0]![1] : 0));
  let time = 0;
  return parts.flatMap(([seconds, watts]) => Array.from({ length: Math.round(seconds / step) }, () => {
    const celsius = Math.round(AMBIENT + state.reduce((sum, kelvin) => sum + kelvin, 0) + 0.3 * normal());
    advancePoles(poles, state, watts, step, state);
    time += step;
    return { seconds: time - step, celsius, watts };
  }));
}

const SEEDS = [1, 2, 3, 4, 5, 6, 7, 8];

describe('thermal fit under steps of 1 C and 0.3 K of noise', () => {
  it('15 min of one pole: resistance within 3 %, in an interval that holds it', () => {
    const plan = { poles: ZERO, parts: [[30, 0.6], [870, 2.32]] as const, step: 1, settled: true };
    const fits = SEEDS.map((seed) => fitThermal(recording(plan, seed), true)!);
    for (const { resistance } of fits) {
      expect([resistance!.low <= 30, resistance!.high >= 30]).toEqual([true, true]);
      expect(Math.abs(resistance!.value / 30 - 1)).toBeLessThan(0.03);
    }
  });

  it('a board still warming up from cold: heat and cooling together tell the same within 5 %', () => {
    const plan = { poles: ZERO, parts: [[300, 2.32], [600, 0.6]] as const, step: 1, settled: false };
    for (const seed of SEEDS) expect(Math.abs(fitThermal(recording(plan, seed), false)!.resistance!.value / 30 - 1)).toBeLessThan(0.05);
  });

  it('an hour of two poles: both are found, together within 5 %', () => {
    const plan = { poles: TWO, parts: [[60, 0.6], [3540, 1.46]] as const, step: 2, settled: true };
    for (const seed of SEEDS) {
      const fit = fitThermal(recording(plan, seed), true)!;
      expect(fit.poles).toHaveLength(2);
      expect(Math.abs(fit.resistance!.value / 30 - 1)).toBeLessThan(0.05);
    }
  });

  it('30 s: the resistance is not claimed', () => {
    const plan = { poles: ZERO, parts: [[4, 0.6], [26, 2.32]] as const, step: 0.25, settled: true };
    for (const seed of SEEDS) expect(fitThermal(recording(plan, seed), true)!.resistance).toBeUndefined();
  });

  it('nothing is fitted to a constant load, to a flat or a short recording', () => {
    const plan = { poles: ZERO, step: 1, settled: true };
    expect(fitThermal(recording({ ...plan, parts: [[600, 2]] }, 1), true)).toBeUndefined();
    expect(fitThermal(recording({ ...plan, parts: [[300, 0.6], [300, 0.61]] }, 1).map((sample) => ({ ...sample, celsius: 44 })), true)).toBeUndefined();
    expect(fitThermal(recording({ ...plan, parts: [[3, 0.6], [5, 2]] }, 1), true)).toBeUndefined();
    expect(fitThermal(recording({ ...plan, parts: [[30, 0.6], [60, 2]] }, 1).map((sample) => ({ ...sample, celsius: NaN })), true)).toBeUndefined();
  });
});

describe('poles after a recording', () => {
  const PI: readonly ThermalPole[] = [{ resistance: 8, seconds: 110 }, { resistance: 3, seconds: 900 }];
  const parts = [[4.5, 3], [10, 4.2], [15.5, 6]] as const;
  const scaleOf = (poles: readonly ThermalPole[]): number => poles[0]!.seconds / PI[0]!.seconds;

  it('are the fitted ones where even the slowest part has warmed up', () => {
    const plan = { poles: ZERO, parts: [[30, 0.6], [870, 2.32]] as const, step: 1, settled: true };
    const { poles, resistance, note } = adaptPoles(ZERO, recording(plan, 1), true);
    expect([settledRise(poles, 1), note]).toEqual([resistance!.value, expect.stringMatching(/^resistance \d\d\.\d K\/W \(.*\) fitted$/)]);
    expect(settledRise(adaptPoles(TWO, recording(plan, 1), true).poles, 1)).toBe(30);
  });

  it('else heat as fast as measured, within 15 %, with the resistance of the board', () => {
    const plan = { poles: ZERO, parts: [[4, 0.6], [26, 2.32]] as const, step: 0.25, settled: true };
    for (const seed of SEEDS) {
      const { poles, capacity, resistance, note } = adaptPoles(TWO, recording(plan, seed), true);
      expect([settledRise(poles, 1), resistance, note]).toEqual([30, undefined, expect.stringMatching(/resistance could not be in 30 s and stays the board's$/)]);
      expect(1 / poles.reduce((slope, pole) => slope + pole.resistance / pole.seconds, 0)).toBeCloseTo(capacity!.value, 9);
      expect([capacity!.low <= 7, capacity!.high >= 7, Math.abs(capacity!.value / 7 - 1) < 0.15]).toEqual([true, true, true]);
    }
  });

  it('take the jump of the die for none of the board\'s capacity', () => {
    const poles = [{ resistance: 1.5, seconds: 2 }, { resistance: 7.25, seconds: 110 }, { resistance: 2.25, seconds: 900 }];
    for (const seed of SEEDS) {
      const adapted = adaptPoles(PI, recording({ poles, parts, step: 0.05, settled: true }, seed), true);
      expect(Math.abs(scaleOf(adapted.poles) / 1.115 - 1)).toBeLessThan(0.15);
      expect([adapted.capacity!.low < 14.6, adapted.capacity!.high > 14.6]).toEqual([true, true]);
    }
  });

  it.each([[30, 'fast'], [440, 'slow']])('are the board\'s where it heats at %i instead of 110 s, as another board would', (seconds) => {
    const watts = seconds > 110 ? parts.map(([length, power]) => [length, 4 * power] as const) : parts;
    const { poles, capacity, note } = adaptPoles(PI, recording({ poles: [{ resistance: 11, seconds }], parts: watts, step: 0.05, settled: true }, 1), true);
    expect([poles, capacity, note]).toEqual([PI, undefined, expect.stringMatching(/^capacity not fitted: .* times the 13\.1 J\/K assumed .* outside 0\.5 to 2 .*; the poles are those of the board$/)]);
  });

  it('are the board\'s where nothing could be fitted', () => {
    const flat = Array.from({ length: 60 }, (_, index) => ({ seconds: index / 2, celsius: 44, watts: index < 10 ? 1 : 2 }));
    expect(adaptPoles(PI, flat, true)).toEqual({ poles: PI, note: 'the temperature did not move enough to fit anything; the poles are those of the board' });
    const warm = recording({ poles: ZERO, parts: [[4, 0.6], [26, 2.32]], step: 0.25, settled: false }, 1);
    expect(adaptPoles(TWO, warm, false)).toEqual({ poles: TWO, note: expect.stringMatching(/^neither resistance nor capacity could be fitted in 30 s/) });
  });
});

/** A board with a plant in virtual time: two variants, of 20 and 300 ms on one thread. */
function virtualBoard(seed: number, celsius: (shown: number) => number | undefined = (shown) => shown): { options: CalibrationOptions; time: () => number } {
  const normal = noise(seed);
  const state = Float64Array.from(ZERO, ({ resistance }) => resistance * 0.6);
  let time = 0;
  const pass = (seconds: number, watts: number): void => {
    time += seconds;
    advancePoles(ZERO, state, watts, seconds, state);
  };
  return {
    time: () => time,
    options: {
      board: 'test board', power: { idle: 0.6, core: 0.43 }, poles: TWO, variants: ['small', 'large'], threads: 4, settled: true,
      run: (variant, threads) => pass((variant === 0 ? 0.02 : 0.3) * (0.25 + 0.75 / threads) * (1 + 0.02 * normal()), 0.6 + 0.43 * threads),
      temperature: () => celsius(Math.round(AMBIENT + state[0]! + 0.3 * normal())),
      clock: () => time,
      sleep: async (seconds) => pass(seconds, 0.6),
    },
  };
}

describe('calibration', () => {
  it('measures every variant on every number of threads and how fast the board heats, within 30 s', async () => {
    for (const seed of [1, 2, 3]) {
      const { options, time } = virtualBoard(seed);
      const profile = await calibrate(options);
      expect(time()).toBeLessThan(30.5);
      for (const [variant, base] of [['small', 0.02], ['large', 0.3]] as const) {
        const measured = measuredLatency(profile, variant);
        expect(measured).toHaveLength(4);
        measured.forEach((seconds, index) => expect(Math.abs(seconds / (base * (0.25 + 0.75 / (index + 1))) - 1)).toBeLessThan(0.03));
      }
      expect(Math.abs(profile.capacity!.value / 7 - 1)).toBeLessThan(0.15);
      expect([profile.resistance, settledRise(profile.poles, 1).toFixed(9)]).toEqual([undefined, '30.000000000']);
    }
  });

  it('goes without a temperature, and leaves out what there is no time for', async () => {
    const { options, time } = virtualBoard(1, () => undefined);
    const profile = await calibrate({ ...options, seconds: 2 });
    expect(time()).toBeLessThan(2.5);
    expect([profile.poles, profile.thermalNote]).toEqual([TWO, 'there is no trusted temperature; the poles are those of the board']);
    expect(measuredLatency(profile, 'small').length).toBeGreaterThan(0);
    expect(measuredLatency(profile, 'large').length).toBeLessThan(4);
  });

  it.each([NaN, Infinity, 'hot'])('says so where the thermometer shows %s', async (shown) => {
    const { thermalNote } = await calibrate({ ...virtualBoard(1, () => shown as number).options, seconds: 2 });
    expect(thermalNote).toBe('the thermometer gives no numbers; the poles are those of the board');
  });

  it('a single run longer than the whole time ends it', async () => {
    const { options } = virtualBoard(1);
    let runs = 0;
    let time = 0;
    const profile = await calibrate({ ...options, clock: () => time, sleep: async (seconds) => void (time += seconds), run: () => {
      runs++;
      time += 40;
    } });
    expect([runs, profile.latencies]).toEqual([1, []]);
  });

  it('makes each variant ready before its runs, on one thread first, and counts none of that time for them', async () => {
    const { options } = virtualBoard(1);
    const ready: string[] = [];
    const { latencies } = await calibrate({ ...options, threads: 2, prepare: async (variant, threads) => {
      ready.push(`${options.variants[variant] as string} ${threads}`);
      await options.sleep(0.5);
    } });
    expect(ready).toEqual(['small 1', 'large 1', 'small 2', 'large 2']);
    expect(latencies[0]!.seconds).toBeLessThan(0.025);
    expect(latencies).toHaveLength(4);
  });

  it('gives timers their turn between runs that never wait', async () => {
    const { options, time } = virtualBoard(1);
    const stop = new AbortController();
    let turns = 0;
    const sleep = async (seconds: number): Promise<void> => {
      await options.sleep(seconds);
      if (time() > 5 && ++turns === 20) stop.abort(new Error('stop'));
    };
    await expect(calibrate({ ...options, sleep, variants: ['small'], threads: 1, signal: stop.signal })).rejects.toThrow('stop');
    expect(time()).toBeLessThan(5 + 21 * 0.075);
  });

  it('takes no temperature twice within 20 ms of the same load', async () => {
    let time = 0;
    const taken: number[] = [];
    const pass = (seconds: number): void => void (time += seconds);
    await calibrate({
      ...virtualBoard(1).options, variants: ['tiny'], threads: 1, seconds: 3,
      clock: () => time, run: () => pass(1e-4), sleep: async (seconds) => pass(seconds), temperature: () => void taken.push(time),
    });
    expect(taken.length).toBeLessThan(3 / 0.02);
    expect(taken.slice(1, -1).filter((at, index) => at - taken[index]! < 0.0199)).toEqual([]);
  });

  it('stops on request and refuses nonsense', async () => {
    await expect(calibrate({ ...virtualBoard(1).options, signal: AbortSignal.abort(new Error('stop')) })).rejects.toThrow('stop');
    await expect(calibrate({ ...virtualBoard(1).options, variants: [] })).rejects.toMatchObject({ code: 'invalid-option' });
    await expect(calibrate({} as never)).rejects.toThrow("calibrate: option 'board': missing; must be string");
    await expect(calibrate({ ...virtualBoard(1).options, seconds: 31 })).rejects.toMatchObject({ code: 'invalid-option' });
    await expect(calibrate({ ...virtualBoard(1).options, threads: 5e9 })).rejects.toThrow("calibrate: option 'threads': Invalid value: Expected <=64");
  });
});

describe('stored profile', () => {
  const folder = mkdtempSync(join(tmpdir(), 'halfbyte-profile-'));
  const path = join(folder, 'profile.json');
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('comes back as it was, and leaves no other file', async () => {
    const profile = await calibrate(virtualBoard(1).options);
    saveProfile(path, profile);
    saveProfile(path, profile);
    expect(loadProfile(path, 'test board')).toEqual({ profile });
    expect(readdirSync(folder)).toEqual(['profile.json']);
    expect(loadProfile(path, 'other').problem).toMatch(/profile\.json: it is of 'test board', this is 'other'; it is ignored/);
  });

  it('of another machine is ignored; latencies of another Node, kernel or file are, and the rest is kept', async () => {
    const [small, large, other] = ['a', 'b', 'c'].map((digit) => digit.repeat(64));
    const variants = [{ name: 'small', sha256: small! }, { name: 'large', sha256: large! }];
    const models = { kernel: 'relaxed', variants };
    const profile = await calibrate({ ...virtualBoard(1).options, ...models });
    const { machine, latencies } = profile;
    const loaded = (change: object, expected: object = models) => {
      saveProfile(path, { ...profile, ...change });
      return loadProfile(path, 'test board', expected);
    };
    expect(loaded({})).toEqual({ profile });
    expect(loaded({}, {})).toEqual({ profile });
    for (const change of [{ processor: 'x64 other' }, { cores: machine.cores + 1 }]) {
      expect(loaded({ machine: { ...machine, ...change } })).toEqual({ problem: expect.stringMatching(/profile\.json: it is of '.* with \d+ cores, this is '.* with \d+; it is ignored, calibrate again/) });
    }
    const without = { ...profile, latencies: [] };
    const node = { ...machine, node: machine.node + 2 };
    expect(loaded({ machine: node })).toEqual({ profile: { ...without, machine: node }, problem: expect.stringContaining(`of Node ${node.node}, this is ${machine.node}; they are ignored`) });
    expect(loaded({}, { kernel: 'baseline' })).toEqual({ profile: without, problem: expect.stringContaining("of kernel 'relaxed', this is 'baseline'") });
    expect(loaded({}, { variants: [{ name: 'small', sha256: other! }, variants[1]!] })).toEqual({
      profile: { ...profile, latencies: latencies.filter(({ variant }) => variant === 'large') },
      problem: expect.stringContaining("its latencies of 'small' are of other files; they are ignored"),
    });
  });

  it.each([
    ['', /it is no JSON/],
    ['{"format":"halfbyte-board-profile"', /it is no JSON/],
    ['{"format":"halfbyte-board-profile","version":1}', /version: /],
    ['[]', /ignored/],
    [' '.repeat(1 << 21), /2097152 bytes, allowed are 1048576/],
  ])('broken as %j is ignored and says why', (text, problem) => {
    const broken = join(folder, 'broken.json');
    writeFileSync(broken, text);
    const loaded = loadProfile(broken, 'test board');
    expect([loaded.profile, loaded.problem]).toEqual([undefined, expect.stringMatching(problem)]);
    rmSync(broken);
  });

  it.each([
    ['no profile', () => ({}), /option 'format': missing/],
    ['no poles', () => ({ poles: [] }), /'poles'/],
    ['a negative resistance', () => ({ poles: [{ resistance: -1, seconds: 10 }] }), /'poles\.0\.resistance'/],
    ['a pole of 0 s', () => ({ poles: [{ resistance: 1, seconds: 0 }] }), /'poles\.0\.seconds'/],
    ['a latency that is no number', ({ latencies }: BoardProfile) => ({ latencies: [{ ...latencies[0], seconds: NaN }] }), /'latencies\.0\.seconds'/],
  ])('%s is refused and replaces nothing', async (what, change, message) => {
    const profile = await calibrate(virtualBoard(1).options);
    saveProfile(path, profile);
    const wrong = what === 'no profile' ? {} : { ...profile, ...change(profile) };
    expect(() => saveProfile(path, wrong as never)).toThrow(expect.objectContaining({ name: 'OptionError', message: expect.stringMatching(message) }));
    expect(loadProfile(path, 'test board')).toEqual({ profile });
  });

  it('a device or folder is neither read nor replaced by one', async () => {
    const profile = await calibrate(virtualBoard(1).options);
    for (const other of ['/dev/zero', folder]) {
      expect(loadProfile(other, 'test board')).toEqual({ problem: expect.stringContaining('it is no regular file; it is ignored') });
      for (const work of [() => saveProfile(other, profile), () => checkStorable(other)]) {
        expect(work).toThrow(expect.objectContaining({ name: 'DeviceError', code: 'storage', message: expect.stringContaining('it is no regular file') }));
      }
      expect(statSync(other).isFile()).toBe(false);
    }
  });

  it('leaves no draft where the space ends', async () => {
    const profile = await calibrate(virtualBoard(1).options);
    saveProfile(path, profile);
    const sync = vi.spyOn(nodeFs, 'fsyncSync').mockImplementation(() => { throw Object.assign(new Error('no space'), { code: 'ENOSPC' }); });
    onTestFinished(() => sync.mockRestore());
    expect(() => saveProfile(path, { ...profile, thermalNote: 'new' })).toThrow(expect.objectContaining({ name: 'DeviceError', message: expect.stringContaining('ENOSPC') }));
    expect([readdirSync(folder), loadProfile(path, 'test board')]).toEqual([['profile.json'], { profile }]);
  });

  it('a missing one is no problem; one that cannot be written is', async () => {
    expect(loadProfile(join(folder, 'none.json'), 'test board')).toEqual({});
    expect(loadProfile(folder, 'test board').problem).toMatch(/it is no regular file/);
    const profile = await calibrate(virtualBoard(1).options);
    expect(() => saveProfile(join(folder, 'none', 'profile.json'), profile)).toThrow(/cannot be stored \(ENOENT\)/);
  });

  it('is checked with more bytes than it has, and leaves nothing behind', () => {
    const before = readdirSync(folder);
    checkStorable(path);
    const write = vi.spyOn(nodeFs, 'writeFileSync').mockImplementation((_, data) => {
      if (typeof data === 'string' && data.length > 4096) throw Object.assign(new Error('no space'), { code: 'ENOSPC' });
    });
    onTestFinished(() => write.mockRestore());
    expect(() => checkStorable(path)).toThrow(expect.objectContaining({ name: 'DeviceError', message: expect.stringContaining('ENOSPC') }));
    expect(readdirSync(folder)).toEqual(before);
  });
});
