export { explainVerdict, type Verdict } from './admission.ts';
export { cascade, type Cascade, type CascadeOutcome, type CascadeStage } from './cascade.ts';
export { systemClock, type Clock } from './clock.ts';
export { EventGate } from './gate.ts';
export type { Mode } from './placement.ts';
export { Scheduler, type SchedulerOptions } from './scheduler.ts';
export type {
  BackgroundHandle, BackgroundOptions, DropReason, Gate, ModeChange, Outcome, Reservation, RunContext, StreamHandle, StreamOptions, StreamReport, Submits,
} from './types.ts';
