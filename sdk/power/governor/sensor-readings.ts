import { Failures } from '../../core/contained.ts';
import type { Reading, Sensor } from '../types.ts';

/** What all sensors give; one that throws, or gives what is no reading, takes nothing from the others. */
export class SensorReadings {
  readonly #sensors: readonly { readonly sensor: Sensor; readonly failures: Failures }[];

  constructor(sensors: readonly Sensor[]) {
    this.#sensors = sensors.map((sensor) => ({ sensor, failures: new Failures(`governor: sensor '${sensor.name}'`) }));
  }

  /** @param now monotonic seconds */
  read(now: number): Reading[] {
    const readings: Reading[] = [];
    for (const { sensor, failures } of this.#sensors) {
      try {
        const given: readonly unknown[] = sensor.read(now);
        for (const reading of given) if (typeof reading === 'object' && reading !== null) readings.push(reading as Reading);
        failures.worked();
      } catch (error) {
        failures.tell(error);
      }
    }
    return readings;
  }
}
