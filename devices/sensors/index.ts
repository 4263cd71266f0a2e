import { cgroup } from './cgroup.ts';
import { coolingDevices } from './cooling-devices.ts';
import { cpuTime } from './cpu-time.ts';
import { cpufreq } from './cpufreq.ts';
import { hwmon } from './hwmon.ts';
import { ina } from './ina.ts';
import { powerSupply } from './power-supply.ts';
import { pressure } from './pressure.ts';
import { rapl } from './rapl.ts';
import { rpiThrottle } from './rpi-throttle.ts';
import { thermalZones } from './thermal-zones.ts';
import type { SensorKind } from './types.ts';

/** Every kind of sensor that is looked for. */
export const sensorKinds: readonly SensorKind[] = Object.freeze([
  cpuTime,
  thermalZones,
  hwmon,
  coolingDevices,
  rpiThrottle,
  cpufreq,
  ina,
  powerSupply,
  rapl,
  cgroup,
  pressure,
]);
