import { UpdateError } from '../core/errors.ts';
import { about, type AgentContext } from './agent-context.ts';
import { causeOf } from './cause.ts';
import { releaseToInstall } from './decide.ts';
import type { Download } from './download.ts';
import { installRelease } from './install.ts';
import type { LoadedModel } from './loaded-model.ts';
import { MESSAGE_BYTES, offerSchema, parseMessage, type Offer } from './messages.ts';
import type { Release } from './release.ts';
import type { Topics } from './topics.ts';
import { startTransfer, type Transfer } from './transfer.ts';
import type { Transport } from './transports/types.ts';
import { rollBack, runTrial } from './trial.ts';
import { verifyTargets, type TrustAnchor, type VerifiedTargets } from './trust.ts';

export interface UpdateLoopOptions<M extends LoadedModel> {
  readonly context: AgentContext<M>;
  readonly anchor: TrustAnchor;
  readonly topics: Topics;
  readonly transport: Transport;
  readonly id: string;
  readonly class: string;
  readonly channel: string;
  readonly now: () => Date;
  /** Told the size of every chunk message that arrives. */
  readonly received: (bytes: number) => void;
}

/** Follows offers: one release at a time, the newest first. */
export interface UpdateLoop {
  /** Finishes a trial left from the last run. */
  start(): void;
  message(topic: string, payload: Uint8Array): void;
  reconnected(): void;
  /** Ends a transfer, waits for a trial in progress. */
  close(): Promise<void>;
}

export function createUpdateLoop<M extends LoadedModel>(options: UpdateLoopOptions<M>): UpdateLoop {
  const { context, anchor, topics, transport, id, now, received } = options;
  const { store, emit, limits, active } = context;
  const offerTopic = topics.offer(options.class, options.channel);
  let targets: VerifiedTargets | undefined;
  /** Verified, but its version is not recorded yet: nothing may follow from it. */
  let unrecorded: VerifiedTargets | undefined;
  let offer: Offer | undefined;
  let wanted: Release | undefined;
  let installing: { release: Release; abort: AbortController } | undefined;
  let transfer: Transfer | undefined;
  let working: Promise<void> | undefined;
  let retryTimer: NodeJS.Timeout | undefined;
  let retryMs = limits.retryMs;
  let closed = false;

  const refuse = (error: unknown): void => emit({ event: 'refused', ...causeOf(error) });

  const retryLater = (error: unknown): void => {
    if (closed) return;
    emit({ event: 'failed', retryMs, ...causeOf(error) });
    clearTimeout(retryTimer);
    retryTimer = setTimeout(() => {
      void acceptTargets(unrecorded ?? targets);
      work();
    }, retryMs);
    retryMs = Math.min(retryMs * 2, limits.mostRetryMs);
  };

  const acceptTargets = async (verified: VerifiedTargets | undefined): Promise<void> => {
    if (!verified) return;
    unrecorded = verified;
    try {
      if (verified.version > store.record.metadataVersion) await store.write({ metadataVersion: verified.version });
    } catch (error) {
      retryLater(error);
      return;
    }
    if (unrecorded !== verified) return;
    unrecorded = undefined;
    targets = verified;
    evaluate();
  };

  const evaluate = (): void => {
    if (closed) return;
    try {
      const { class: deviceClass, channel } = options;
      const running = active.loaded?.installed;
      const release = releaseToInstall({ targets, offer, class: deviceClass, channel, running, failed: store.record.failed });
      if (release) want(release);
      else if (!working && context.state() === 'failed') context.enter(active.loaded ? 'committed' : 'empty');
    } catch (error) {
      refuse(error);
    }
  };

  const want = (release: Release): void => {
    const current = installing?.release ?? wanted ?? store.record.pending;
    if (current?.sha256 === release.sha256 && current.counter === release.counter) return;
    emit({ event: 'offered', ...about(release) });
    wanted = release;
    installing?.abort.abort(new UpdateError('superseded', `update: version ${release.version} is offered now`));
    work();
  };

  const work = (): void => {
    if (closed) return;
    working ??= steps().then((finished) => {
      working = undefined;
      if (finished && wanted) work();
    });
  };

  /** @returns false after a failure that may pass by itself */
  const steps = async (): Promise<boolean> => {
    try {
      await resumeTrial();
      while (wanted && !closed) {
        const release = wanted;
        wanted = undefined;
        await install(release);
      }
      retryMs = limits.retryMs;
      return true;
    } catch (error) {
      context.enter('failed');
      retryLater(error);
      return false;
    }
  };

  const resumeTrial = async (): Promise<void> => {
    const { pending, triesLeft } = store.record;
    if (!pending) return;
    if (triesLeft === 0) {
      const what = `trial of version ${pending.version}: the device stopped ${limits.tries} times during it; the model before it keeps running`;
      await rollBack(context, pending, new UpdateError('trial-interrupted', what));
      return;
    }
    await store.write({ triesLeft: triesLeft - 1 });
    context.enter('pending');
    emit({ event: 'pending', slot: pending.slot, triesLeft: triesLeft - 1, ...about(pending) });
    try {
      await runTrial(context, pending);
    } catch (error) {
      // A step that did not run is no try.
      if (error instanceof UpdateError && error.code === 'step-not-run') await store.write({ triesLeft });
      throw error;
    }
  };

  const install = async (release: Release): Promise<void> => {
    const abort = new AbortController();
    installing = { release, abort };
    try {
      const pending = await installRelease(context, release, (download) => fill(release, download, abort.signal));
      await runTrial(context, pending);
    } catch (error) {
      if (abort.signal.aborted && error === abort.signal.reason) return;
      if (!(error instanceof UpdateError) || error.code !== 'inconsistent-target') throw error;
      await rollBack(context, release, error);
    } finally {
      installing = undefined;
    }
  };

  const fill = async (release: Release, download: Download, signal: AbortSignal): Promise<void> => {
    emit({ event: 'downloading', chunks: release.chunks.length, resumed: download.resumed, ...about(release) });
    transfer = startTransfer({ release, download, device: id, topics, transport, limits, runStep: context.runStep, signal, emit, received });
    try {
      await transfer.done;
    } finally {
      transfer = undefined;
    }
  };

  return {
    start: work,
    reconnected: () => transfer?.reconnected(),
    message: (topic, payload) => {
      try {
        if (topic === topics.targets) {
          const least = Math.max(store.record.metadataVersion, unrecorded?.version ?? 0);
          void acceptTargets(verifyTargets(anchor, payload, { now: now(), least }));
        } else if (topic === offerTopic) {
          offer = parseMessage(offerSchema, payload, MESSAGE_BYTES.offer, `offer on ${topic}`);
          evaluate();
        } else transfer?.accept(topic, payload);
      } catch (error) {
        refuse(error);
      }
    },
    close: async () => {
      closed = true;
      clearTimeout(retryTimer);
      installing?.abort.abort(new UpdateError('closed', 'update: the agent is closed; it goes on at the next start'));
      await working;
    },
  };
}
