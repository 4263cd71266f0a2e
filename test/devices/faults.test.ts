import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PLAUSIBLE } from '../../devices/sensors/judge.ts';
import { openSensors } from '../../devices/open-sensors.ts';
import { thermalZones } from '../../devices/sensors/thermal-zones.ts';
import type { OpenSensor, SensorKind } from '../../devices/sensors/types.ts';
import type { Reading } from '../../sdk/power/types.ts';
import { Tree, trees } from './tree.ts';

const TEMP = 'sys/class/thermal/thermal_zone0/temp';

/** A sensor whose readings a test makes. */
function scripted(name: string, read: (now: number) => readonly Reading[]): SensorKind {
  const open = (): OpenSensor => ({ name, quantities: ['soc-temperature', 'other-temperature', 'cpu-time'], read, gaps: () => [], close: () => undefined });
  return { name, quantities: ['soc-temperature', 'other-temperature', 'cpu-time'], period: 0, open };
}

function reading(quantity: Reading['quantity'], value: number): Reading {
  return { quantity, value, unit: quantity === 'cpu-time' ? 'second' : 'celsius', source: quantity, age: 0, trust: 0.9 };
}

/** Trust of the first reading after each second. */
function trusts(seconds: number, ...kinds: readonly SensorKind[]): number[] {
  const sensors = openSensors({ clock: () => 0, kinds });
  return Array.from({ length: seconds }, (_, now) => sensors.read(now)[0]!.trust);
}

describe('one zone that fails', () => {
  it.each(['NaN', '', 'n/a', '12 34', '4.7.2', '0x2f', '-', '99999999999999999999999'])('text %j gives no reading, or one that nobody may act on', (text) => {
    using tree = new Tree({ ...trees.piZero2W, [TEMP]: text });
    const sensors = openSensors({ root: tree.root, clock: () => 0, kinds: [thermalZones] });
    expect(sensors.read(0).filter(({ trust }) => trust > 0)).toEqual([]);
    sensors.close();
  });

  it.each([[-1, -0.001, 0.9], [-274000, -274, 0], [1e9, 1e6, 0], [85000, 85, 0.9]])('%d millidegrees are %d degrees of trust %d', (text, value, trust) => {
    using tree = new Tree({ ...trees.piZero2W, [TEMP]: `${text}\n` });
    const sensors = openSensors({ root: tree.root, clock: () => 0, kinds: [thermalZones] });
    expect(sensors.read(0)).toMatchObject([{ value, trust }]);
    sensors.close();
  });

  it('vanishes and comes back under another number', () => {
    using tree = new Tree(trees.piZero2W);
    const sensors = openSensors({ root: tree.root, clock: () => 0, kinds: [thermalZones] });
    expect(sensors.read(0)).toMatchObject([{ value: 47.236 }]);
    tree.remove('sys/class/thermal/thermal_zone0');
    tree.write({ 'sys/class/thermal/thermal_zone3/type': 'cpu-thermal\n', 'sys/class/thermal/thermal_zone3/temp': '51000\n' });
    expect(sensors.read(301)).toMatchObject([{ value: 51, source: '/sys/class/thermal/thermal_zone3/temp (cpu-thermal)' }]);
    sensors.close();
  });
});

describe('a clock that is set back', () => {
  it('leaves readings fresh', () => {
    using tree = new Tree(trees.piZero2W);
    const sensors = openSensors({ root: tree.root, clock: () => 0, kinds: [thermalZones] });
    expect(sensors.read(1e9)).toMatchObject([{ value: 47.236 }]);
    tree.write({ [TEMP]: '51000\n' });
    expect(sensors.read(1e9 - 7200)).toMatchObject([{ value: 47.236, age: 0, trust: 0.9 }]);
    expect(sensors.read(1e9 - 7199)).toMatchObject([{ value: 51, age: 0, trust: 0.9 }]);
    sensors.close();
  });
});

describe('a reading that stands still', () => {
  const still = scripted('still', () => [reading('soc-temperature', 50)]);

  it('is trusted while nothing else moves', () => {
    const idle = scripted('load', (now) => [reading('cpu-time', 0.1 * now)]);
    expect(trusts(600, still, idle).every((trust) => trust === 0.9)).toBe(true);
  });

  it('loses trust when the load changed and it did not, and has it back as soon as it moves', () => {
    const load = scripted('load', (now) => [reading('cpu-time', now < 200 ? 0 : 3 * (now - 200))]);
    const seen = trusts(300, scripted('freed', (now) => [reading('soc-temperature', now < 280 ? 50 : 51)]), load);
    expect(seen[199]).toBe(0.9);
    expect(seen[279]).toBeCloseTo(0.09, 12);
    expect(seen[281]).toBe(0.9);
  });

  it('loses trust when another temperature moved', () => {
    const other = scripted('other', (now) => [reading('other-temperature', 40 + 0.05 * now)]);
    const seen = trusts(200, still, other);
    expect([seen[80], seen[199]!.toFixed(3)]).toEqual([0.9, '0.090']);
  });

  it('keeps its trust when the other one only lies', () => {
    const other = scripted('other', (now) => [reading('other-temperature', now < 100 ? 40 : 1e9)]);
    expect(trusts(200, still, other).every((trust) => trust === 0.9)).toBe(true);
  });
});

describe('a sensor that throws', () => {
  it('does not disturb the others', () => {
    const broken = scripted('broken', () => {
      throw new Error('EIO');
    });
    const sensors = openSensors({ clock: () => 0, kinds: [broken, scripted('good', () => [reading('soc-temperature', 50)])] });
    expect(sensors.read(0)).toMatchObject([{ value: 50 }]);
  });
});

describe('generated trees', () => {
  const paths = [...new Set(Object.values(trees).flatMap((files) => Object.keys(files)))];
  const content = fc.oneof(
    fc.integer({ min: -(2 ** 31), max: 2 ** 31 }).map(String),
    fc.double().map(String),
    fc.string({ maxLength: 40 }),
    fc.uint8Array({ maxLength: 64 }).map((bytes) => Buffer.from(bytes).toString('latin1')),
    fc.constantFrom('', '\n', '-', '.', '0x', 'nr_periods ', 'some avg10=', 'nan', 'inf', '1e9', 'Battery\n', 'cpu-thermal', '/\n', '0::/../../..\n', '9'.repeat(100_000)),
  );
  const change = fc.record({ path: fc.constantFrom(...paths), kind: fc.constantFrom('text', 'folder', 'missing'), content });

  it('whatever is in them, reading never throws and what is trusted is plausible', () => {
    const boards = fc.constantFrom(...Object.values(trees));
    fc.assert(fc.property(boards, fc.array(fc.array(change, { maxLength: 12 }), { minLength: 1, maxLength: 4 }), (files, rounds) => {
      using tree = new Tree(files);
      const sensors = openSensors({ root: tree.root, clock: () => 0 });
      rounds.forEach((changes, round) => {
        for (const { path, kind, content: text } of changes) {
          tree.remove(path);
          if (kind === 'folder') mkdirSync(join(tree.root, path), { recursive: true });
          else if (kind === 'text') attemptWrite(tree, path, text);
        }
        for (const now of [round * 400, round * 400 + 7]) {
          for (const { quantity, value, age, trust } of sensors.read(now)) {
            expect(Number.isFinite(value) && age >= 0 && trust >= 0 && trust <= 1).toBe(true);
            const [least, most] = PLAUSIBLE[quantity];
            if (trust > 0) expect(value >= least && value <= most).toBe(true);
          }
        }
        expect(() => sensors.gaps()).not.toThrow();
      });
      sensors.close();
    }), { numRuns: 40 });
  });
});

/** A folder made by an earlier change may stand where a parent was. */
function attemptWrite(tree: Tree, path: string, text: string): void {
  try {
    tree.write({ [path]: text });
  } catch { /* then it is not written */ }
}
