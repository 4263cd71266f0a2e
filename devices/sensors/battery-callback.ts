import * as v from 'valibot';
import type { Quantity, Reading } from '../../sdk/power/types.ts';
import { sample, Samples } from './probe.ts';
import type { Sample } from './probe.ts';
import type { Clock, Gap, OpenSensor } from './types.ts';

const quantities: readonly Quantity[] = ['battery-charge', 'battery-energy', 'battery-power', 'supply-voltage', 'harvest-power', 'mains-present'];

/** Seconds between two calls, for which an answer counts, and after which a call counts as hanging. */
const CALL_SECONDS = 10;
const STALE_SECONDS = 120;
const HANGING_SECONDS = 30;
/** Share of the time that a callback may keep this thread busy. */
const BUSY_SHARE = 0.001;

const state = v.strictObject({
  charge: v.optional(v.pipe(v.number(), v.minValue(0), v.maxValue(1))),
  energy: v.optional(v.pipe(v.number(), v.minValue(0), v.maxValue(1e8))),
  power: v.optional(v.pipe(v.number(), v.minValue(-500), v.maxValue(500))),
  voltage: v.optional(v.pipe(v.number(), v.minValue(0), v.maxValue(60))),
  harvest: v.optional(v.pipe(v.number(), v.minValue(0), v.maxValue(1000))),
  mains: v.optional(v.boolean()),
});

/**
 * What a battery callback tells, each part if it is known: `charge` 0 to 1, `energy` J left, `power` W (positive while the battery charges),
 * `voltage` V, `harvest` W of the solar panel, `mains` whether the supply is plugged in.
 */
export type BatteryState = v.InferInput<typeof state>;

/** Asked every 10 s for the state of a battery that the kernel does not know; it may take its time, fail or answer nothing. */
export type BatteryCallback = () => BatteryState | undefined | Promise<BatteryState | undefined>;

const PARTS: readonly (readonly [keyof BatteryState, Sample['quantity'], Sample['unit']])[] = [
  ['charge', 'battery-charge', 'ratio'],
  ['energy', 'battery-energy', 'joule'],
  ['power', 'battery-power', 'watt'],
  ['voltage', 'supply-voltage', 'volt'],
  ['harvest', 'harvest-power', 'watt'],
  ['mains', 'mains-present', 'flag'],
];

class BatteryCallbackSensor implements OpenSensor {
  readonly name = 'battery-callback';
  readonly quantities = quantities;
  readonly #callback: BatteryCallback;
  readonly #clock: Clock;
  readonly #samples = new Samples();
  readonly #parts = PARTS.map(([key, quantity, unit]) => ({ key, reading: sample(quantity, unit, 'battery callback', 0.7) }));
  #state: BatteryState = {};
  #answered = -Infinity;
  #next = -Infinity;
  #pending: { readonly since: number } | undefined;
  /** Whether an answer is still worth waiting for, and those who do. */
  #awaited = false;
  readonly #waiting: (() => void)[] = [];
  #problem: string | undefined;

  constructor(callback: BatteryCallback, clock: Clock) {
    this.#callback = callback;
    this.#clock = clock;
  }

  read(now: number): readonly Reading[] {
    if (this.#pending === undefined && now >= this.#next) this.#call(now);
    if (this.#pending !== undefined && now - this.#pending.since > HANGING_SECONDS) this.#hang();
    const age = Math.max(0, now - this.#answered);
    this.#samples.start();
    if (age <= STALE_SECONDS) {
      for (const { key, reading } of this.#parts) {
        const value = this.#state[key];
        if (value !== undefined) this.#samples.put(reading, Number(value), age);
      }
    }
    return this.#samples.finish();
  }

  #call(now: number): void {
    const started = this.#clock();
    const answer = (value: unknown): void => {
      this.#pending = undefined;
      this.#release();
      const result = v.safeParse(v.optional(state), value);
      this.#problem = result.success ? undefined : `its answer is absurd: ${v.getDotPath(result.issues[0]) ?? 'state'}: ${result.issues[0].message}`;
      this.#state = result.success ? result.output ?? {} : {};
      this.#answered = now + Math.max(0, this.#clock() - started);
    };
    const fail = (error: unknown): void => {
      this.#pending = undefined;
      this.#release();
      this.#problem = `it failed: ${error instanceof Error ? error.message : String(error)}`;
      this.#state = {};
    };
    try {
      const result = this.#callback();
      if (result instanceof Promise) {
        this.#pending = { since: now };
        this.#awaited = true;
        result.then(answer).catch(fail);
      } else answer(result);
    } catch (error) {
      fail(error);
    }
    this.#next = now + Math.max(CALL_SECONDS, (this.#clock() - started) / BUSY_SHARE);
  }

  gaps(): Gap[] {
    if (this.#problem === undefined) return [];
    return [{ what: 'battery state', why: `the battery callback gives none: ${this.#problem}`, how: 'return { charge, energy, power, voltage, harvest, mains } in SI units, charge from 0 to 1' }];
  }

  #hang(): void {
    this.#problem = `it has not answered for ${HANGING_SECONDS} s`;
    this.#release();
  }

  #release(): void {
    this.#awaited = false;
    this.#waiting.splice(0).forEach((resolve) => resolve());
  }

  settled(): Promise<void> {
    if (!this.#awaited) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.#hang(), HANGING_SECONDS * 1e3);
      this.#waiting.push(() => {
        clearTimeout(timer);
        resolve();
      });
    });
  }

  close(): void {
    this.#next = Infinity;
    this.#release();
  }
}

/** A sensor of a user's callback. What it answers is checked; one that throws, hangs or answers absurdly gives no reading. */
export function openBatteryCallback(callback: BatteryCallback, clock: Clock): OpenSensor {
  return new BatteryCallbackSensor(callback, clock);
}
