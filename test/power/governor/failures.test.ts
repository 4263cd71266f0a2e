import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Policy } from '../../../sdk/power/policies/types.ts';
import type { Sensor } from '../../../sdk/power/types.ts';
import { Governor } from '../../../sdk/power/governor/governor.ts';
import { celsius, observation, optionsOf } from './plant.ts';

const broken = (): never => { throw new Error('no space left'); };
const cool = (slot: number) => [celsius(40 + 0.5 * (slot % 2))];
const HOT = [celsius(79)];

describe('what the functions of a caller throw', () => {
  let warnings: string[];
  beforeEach(() => {
    warnings = [];
    vi.spyOn(process, 'emitWarning').mockImplementation((warning) => void warnings.push(String(warning)));
  });
  afterEach(() => { vi.restoreAllMocks(); });

  it('a log that cannot be written, or a listener, keeps a change from nobody, and is told once', () => {
    const governor = new Governor(optionsOf({ policy: 'pace', log: broken }));
    const seen: number[] = [];
    governor.on('change', broken);
    governor.on('change', ({ candidate }) => void seen.push(candidate.variant));
    for (let slot = 0; slot < 20; slot++) governor.decide(observation(5 * slot, cool(slot)));
    for (let slot = 20; slot < 24; slot++) governor.decide(observation(5 * slot, HOT));
    expect(seen[0]).toBe(0);
    expect(seen.at(-1)).toBe(-1);
    expect(warnings).toEqual(['governor: log: no space left', 'governor: change listener: no space left']);
  });

  it('a log that fails later is as little of a surprise', async () => {
    const governor = new Governor(optionsOf({ log: () => Promise.reject(new Error('no space left')) }));
    governor.decide(observation(0, cool(0)));
    await new Promise((resolve) => setImmediate(resolve));
    expect(warnings).toEqual(['governor: log: no space left']);
  });

  it('a policy: the board idles until it chooses again, and it is told once for each time it stops', () => {
    let failing = true;
    const create = (): Policy => ({ price: 0, choose: ({ mostWorth }) => (failing ? broken() : mostWorth) });
    const governor = new Governor(optionsOf({ policy: { name: 'own', create } }));
    const at = (slot: number): number => {
      governor.decide(observation(5 * slot, cool(slot)));
      return governor.decision.candidate.variant;
    };
    expect([at(0), at(1)]).toEqual([-1, -1]);
    failing = false;
    for (let slot = 2; slot < 10; slot++) at(slot);
    expect(at(10)).toBeGreaterThanOrEqual(0);
    failing = true;
    expect(at(11)).toBe(-1);
    expect(warnings).toEqual(["governor: policy 'own': no space left", "governor: policy 'own': no space left"]);
  });

  it('a sensor takes nothing from the others, nor does one that gives what is no reading', () => {
    const sensor = (name: string, read: () => unknown): Sensor => ({ name, quantities: [], read: read as Sensor['read'] });
    let slot = 0;
    const sensors = [sensor('broken', broken), sensor('nothing', () => undefined), sensor('null', () => [null]), sensor('zone', () => cool(slot))];
    const governor = new Governor(optionsOf({ sensors, clock: () => 5 * slot }));
    for (; slot < 20; slot++) governor.step();
    expect(governor.decision.trusted).toBe(1);
    expect(warnings).toEqual(["governor: sensor 'broken': no space left", expect.stringContaining("governor: sensor 'nothing': ")]);
  });
});

describe('a listener', () => {
  it('taken off leaves nothing on its signal', () => {
    const { signal } = new AbortController();
    const removed = vi.spyOn(signal, 'removeEventListener');
    new Governor(optionsOf()).on('change', () => undefined, { signal })();
    expect(removed).toHaveBeenCalledOnce();
  });

  it('for an event that there is not is refused', () => {
    expect(() => new Governor(optionsOf()).on('chnage' as never, () => undefined)).toThrow(/'chnage'.*take 'change'/);
  });
});
