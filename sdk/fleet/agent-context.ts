import type { ActiveModel } from './active-model.ts';
import type { AgentEventBody } from './agent-event.ts';
import type { AgentLimits } from './agent-options.ts';
import type { RunStep } from './background.ts';
import { causeOf } from './cause.ts';
import type { FileSystem } from './file-system.ts';
import type { LoadedModel, OpenModel } from './loaded-model.ts';
import type { DeviceState } from './messages.ts';
import type { Slots } from './slots.ts';
import type { Installed } from './state-record.ts';
import type { StateStore } from './state-store.ts';

/** What the steps of an update share. */
export interface AgentContext<M extends LoadedModel> {
  readonly fs: FileSystem;
  /** Directory of the partial download. */
  readonly downloads: string;
  readonly slots: Slots;
  readonly store: StateStore;
  readonly active: ActiveModel<M>;
  readonly open: OpenModel<M>;
  readonly limits: AgentLimits;
  readonly runStep: RunStep;
  readonly emit: (event: AgentEventBody) => void;
  /** The reported state. */
  readonly state: () => DeviceState;
  /** Changes the reported state. */
  readonly enter: (state: DeviceState) => void;
}

/** Steps whose failure must not stop the device: it is told, and they are taken again at the next start. */
export async function cleanUp<M extends LoadedModel>({ emit }: AgentContext<M>, ...steps: readonly (() => Promise<void>)[]): Promise<void> {
  for (const step of steps) await step().catch((error: unknown) => emit({ event: 'warning', ...causeOf(error) }));
}

/** The model that is loaded: what an update must keep, also where the record could not be written. */
export function running<M extends LoadedModel>({ active }: AgentContext<M>): Installed | null {
  return active.loaded?.installed ?? null;
}

/** The part of a release or installed model that events name. */
export function about({ model, version, counter, sha256 }: { model: string; version: string; counter: number; sha256: string }) {
  return { model, version, counter, sha256 };
}
