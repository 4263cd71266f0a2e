import { about, cleanUp, type AgentContext } from './agent-context.ts';
import { causeOf } from './cause.ts';
import type { LoadedModel } from './loaded-model.ts';

/**
 * Opens the model that runs; where it is damaged or does not open, the one before it takes over.
 * @returns false when the device has no usable model
 */
export async function startModel<M extends LoadedModel>(context: AgentContext<M>): Promise<boolean> {
  const { store, slots, active, open, emit } = context;
  const { active: current, lastGood } = store.record;
  for (const installed of [current, lastGood]) {
    if (!installed) continue;
    try {
      const { bytes, sha256 } = await slots.read(installed);
      active.swap(await open(bytes), installed, sha256);
    } catch (error) {
      emit({ event: 'rolled-back', ...about(installed), ...causeOf(error) });
      continue;
    }
    if (installed !== current) await cleanUp(context, () => store.write({ active: installed, lastGood: null }));
    return true;
  }
  // Forgetting an unusable model makes the device fetch the offered release again.
  if (current) await cleanUp(context, () => store.write({ active: null, lastGood: null }));
  return false;
}
