import type { ModeChange } from './types.ts';

/** Tells later and out of reach of what the listener throws: that is told as a warning of the process. */
export function tellChange(changed: (change: ModeChange) => unknown, change: ModeChange): void {
  Promise.resolve(change).then(changed).catch((error: unknown) => {
    const message = error instanceof Error ? error.message : String(error);
    process.emitWarning(`Scheduler: option 'changed' threw when stream '${change.name}' became ${change.to}: ${message}`, 'HalfbyteWarning');
  });
}
