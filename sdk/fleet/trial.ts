import { UpdateError } from '../core/errors.ts';
import { about, cleanUp, running, type AgentContext } from './agent-context.ts';
import { causeOf } from './cause.ts';
import type { LoadedModel } from './loaded-model.ts';
import { selfTest } from './self-test.ts';
import { MAX_FAILURES, type Failure, type Installed } from './state-record.ts';

/**
 * Opens the pending model beside the running one, tests it, and commits it or goes back.
 * @throws UpdateError `storage`, `disk-full`, `damaged-model` or `step-not-run`: nothing is decided, the running model stays
 */
export async function runTrial<M extends LoadedModel>(context: AgentContext<M>, pending: Installed): Promise<void> {
  const { slots, store, active, emit } = context;
  const { bytes, sha256 } = await readPending(context, pending);
  const passed = await proveModel(context, pending, bytes);
  if (!passed) return;
  const committed: Installed = { ...pending, selfTest: passed.digest };
  const before = running(context);
  const kept = before && before.slot !== committed.slot ? before : store.record.lastGood;
  try {
    await store.write({ active: committed, pending: null, triesLeft: 0, lastGood: kept });
  } catch (error) {
    closeModel(context, passed.model);
    throw error;
  }
  active.swap(passed.model, committed, sha256);
  context.enter('committed');
  emit({ event: 'committed', slot: committed.slot, selfTest: passed.digest, ...about(committed) });
  await cleanUp(context, () => slots.sweep([committed, kept]));
}

async function proveModel<M extends LoadedModel>(
  context: AgentContext<M>, pending: Installed, bytes: Uint8Array,
): Promise<{ model: M; digest: string } | undefined> {
  let model: M | undefined;
  try {
    const opened = model = await context.runStep(() => context.open(bytes));
    context.enter('self-test');
    return { model, digest: await context.runStep(() => selfTest(opened, pending.golden, context.limits.selfTestMs)) };
  } catch (error) {
    if (model) closeModel(context, model);
    if (error instanceof UpdateError && error.code === 'step-not-run') throw error;
    await rollBack(context, pending, error);
    return undefined;
  }
}

// Not awaited: a model that hangs in its self-test may never close.
function closeModel<M extends LoadedModel>({ emit }: AgentContext<M>, model: M): void {
  model.close().catch((error: unknown) => emit({ event: 'warning', ...causeOf(error) }));
}

async function readPending<M extends LoadedModel>({ slots, store }: AgentContext<M>, pending: Installed) {
  try {
    return await slots.read(pending);
  } catch (error) {
    // The file is gone or damaged: without the record of it, it is fetched again.
    await store.write({ pending: null, triesLeft: 0 });
    throw error;
  }
}

type Rejected = Pick<Installed, 'model' | 'version' | 'counter' | 'sha256'>;

/** Gives up a release for good: the running model stays, the release is remembered. */
export async function rollBack<M extends LoadedModel>(context: AgentContext<M>, release: Rejected, error: unknown): Promise<void> {
  const { store, slots, emit } = context;
  const cause = causeOf(error);
  const failure: Failure = { sha256: release.sha256, counter: release.counter, ...cause };
  const failed = [...store.record.failed, failure].slice(-MAX_FAILURES);
  await store.write({ pending: null, triesLeft: 0, failed });
  context.enter('rolled-back');
  emit({ event: 'rolled-back', ...about(release), ...cause });
  await cleanUp(context, () => slots.sweep([running(context), store.record.lastGood]));
}
