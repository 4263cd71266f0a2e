export { calibrate, type CalibrationOptions } from './power/calibration/calibrate.ts';
export { measuredLatency, type BoardProfile, type ProfiledModels } from './power/calibration/profile.ts';
export { loadProfile, saveProfile, type LoadedProfile } from './power/calibration/profile-file.ts';
export { candidatesOf, type Choices } from './power/candidates.ts';
export { EnergyMeter } from './power/energy/energy-meter.ts';
export type { EnergyOptions } from './power/energy/options.ts';
export { ENERGY_METHODS, type EnergyMethod, type EnergyReport, type ModelEnergy } from './power/energy/types.ts';
export type { Binding, Decision } from './power/governor/explain.ts';
export { Governor, replay, type Activity, type ChangeListener } from './power/governor/governor.ts';
export type { GovernorMemory } from './power/governor/memory.ts';
export type { GovernorBoard, GovernorOptions } from './power/governor/options.ts';
export { policies } from './power/policies/index.ts';
export type { Policy, PolicyKind, RegisteredPolicy, Situation } from './power/policies/types.ts';
export {
  cascade, EventGate, explainVerdict, Scheduler, systemClock,
  type BackgroundHandle, type BackgroundOptions, type Cascade, type CascadeOutcome, type CascadeStage, type Clock, type DropReason, type Gate, type Mode,
  type ModeChange, type Outcome, type Reservation, type RunContext, type SchedulerOptions, type StreamHandle, type StreamOptions, type StreamReport,
  type Submits, type Verdict,
} from './power/scheduler/index.ts';
export type {
  Action, BoardPower, BoardThermal, Candidate, Controller, Observation, Quantity, Reading, Sensor, ThermalPole, Unit, VariantCost,
} from './power/types.ts';
export type { Worth } from './power/worth.ts';
