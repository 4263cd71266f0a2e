import type { Quantity, Reading, Unit } from '../types.ts';
import type { Plant } from './plant.ts';
import type { Scenario } from './scenario.ts';
import { FaultySensor, type SensorFault } from './sensor-faults.ts';

/** Steps in which thermal zones of Raspberry Pis and fuel gauges count. */
const CELSIUS_STEP = 0.5;
const CHARGE_STEP = 0.005;

interface Probe {
  readonly quantity: Quantity;
  readonly unit: Unit;
  readonly trust: number;
  readonly value: (plant: Plant) => number;
  readonly sensor: FaultySensor;
}

/** The sensors of a simulated board. As on a Raspberry Pi, `clock` gives the requested one while the firmware throttles (raspberrypi/linux#2986). */
export class SimulatedSensors {
  readonly #probes: readonly Probe[];

  constructor(scenario: Scenario, faults: readonly SensorFault[]) {
    const probe = (quantity: Quantity, unit: Unit, trust: number, value: (plant: Plant) => number): Probe => ({
      quantity, unit, trust, value, sensor: new FaultySensor(faults.filter((fault) => fault.quantity === quantity), scenario.slotSeconds),
    });
    const { battery } = scenario;
    this.#probes = [
      probe('soc-temperature', 'celsius', 0.9, ({ temperature }) => CELSIUS_STEP * Math.round(temperature / CELSIUS_STEP)),
      probe('throttled', 'flag', 0.9, ({ clock }) => (clock < 1 ? 1 : 0)),
      probe('clock', 'hertz', 0.3, () => 1e9),
      ...(battery ? [
        probe('battery-charge', 'ratio', 0.9, ({ charge }) => CHARGE_STEP * Math.round(charge / battery.capacity / CHARGE_STEP)),
        probe('harvest-power', 'watt', 0.9, ({ outcome }) => outcome.accepted),
      ] : [probe('mains-present', 'flag', 1, () => 1)]),
    ];
  }

  /** Readings at the end of a slot; to be called once a slot. */
  read(now: number, plant: Plant): Reading[] {
    const readings: Reading[] = [];
    for (const { quantity, unit, trust, value, sensor } of this.#probes) {
      const seen = sensor.read(now, value(plant));
      if (!Number.isNaN(seen)) readings.push({ quantity, unit, value: seen, source: 'simulator', age: 0, trust });
    }
    return readings;
  }
}
