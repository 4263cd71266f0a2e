import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { scenarios } from '../../devices/scenarios/index.ts';
import { parseScenario } from '../../sdk/power/simulator/scenario.ts';

const folder = join(import.meta.dirname, '../../devices/scenarios');

describe('scenarios', () => {
  it('are all files of the folder, under their names', () => {
    const files = readdirSync(folder).filter((file) => file.endsWith('.json')).map((file) => file.replace('.json', ''));
    expect(scenarios.map(({ name }) => name)).toEqual(files.sort());
  });

  it('can all be idled through without passing the limit', () => {
    for (const { ambient, thermal: { limit, poles }, power } of scenarios) {
      expect(ambient.max + poles.reduce((sum, { resistance }) => sum + resistance, 0) * power.idle).toBeLessThan(limit);
    }
  });

  const complete = JSON.parse(readFileSync(join(folder, 'pi-5-solar-power-off.json'), 'utf8')) as Record<string, unknown>;
  it.each([
    ['an unknown field', { colour: 'red' }, /mine\.json: colour/],
    ['a wrong value', { deadline: -1 }, /mine\.json: deadline/],
    ['a panel without a battery', { battery: undefined }, /mine\.json: charger, solar and wake need a battery/],
    ['too few latencies', { cores: 8 }, /mine\.json: variants\.0\.latency: found 4 values; allowed: one for each of 8 cores/],
    ['short sleep', { wake: { seconds: [60], boot: 25 } }, /mine\.json: wake\.seconds: allowed: multiples of 5 s, at least 300 s/],
  ])('with %s are refused', (_what, change, message) => {
    const value: Record<string, unknown> = { ...complete, ...change };
    if (value['battery'] === undefined) delete value['battery'];
    expect(() => parseScenario(value, 'mine.json')).toThrow(message);
  });
});
