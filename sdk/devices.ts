export { boards } from '../devices/boards/index.ts';
export type { Board, Sourced } from '../devices/boards/types.ts';
export { detectBoard } from '../devices/detect-board.ts';
export { openSensors, type SensorOptions } from '../devices/open-sensors.ts';
export type { BatteryCallback, BatteryState } from '../devices/sensors/battery-callback.ts';
export { sensorKinds } from '../devices/sensors/index.ts';
export type { Clock, Gap, OpenSensor, SensorKind } from '../devices/sensors/types.ts';
