import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type * as v from 'valibot';
import { UpdateError } from '../core/errors.ts';
import { parseOptions } from '../core/options.ts';
import { ActiveModel } from './active-model.ts';
import { about, type AgentContext } from './agent-context.ts';
import { eventLimit, type AgentEvent, type AgentEventBody } from './agent-event.ts';
import { agentOptionsSchema, nodeHost, type AgentHost, type AgentOptions } from './agent-options.ts';
import { pinAnchor } from './anchor-store.ts';
import { causeOf } from './cause.ts';
import { releaseToInstall } from './decide.ts';
import { installRelease } from './install.ts';
import type { LoadedModel } from './loaded-model.ts';
import { MESSAGE_BYTES, encodeMessage, offerSchema, parseMessage, type DeviceReport, type DeviceState, type DeviceWill, type Offer } from './messages.ts';
import type { Release } from './release.ts';
import { buildReport } from './report.ts';
import { slotsIn } from './slots.ts';
import { startModel } from './start-model.ts';
import { openStateStore } from './state-store.ts';
import { topicsOf, type Topics } from './topics.ts';
import { startTransfer, type Transfer } from './transfer.ts';
import type { Transport } from './transports/types.ts';
import { rollBack, runTrial } from './trial.ts';
import { verifyTargets, type TrustAnchor, type VerifiedTargets } from './trust.ts';

/** Events kept for the broker while it is away. */
const MAX_KEPT_EVENTS = 64;

/** The device side: keeps one proven model running and follows the fleet's signed releases. */
export class DeviceAgent<M extends LoadedModel = LoadedModel> {
  /** The model to run inferences on; it changes between two uses, never during one. */
  readonly model: ActiveModel<M>;
  readonly id: string;

  readonly #options: Omit<v.InferOutput<typeof agentOptionsSchema>, 'open' | 'onEvent'> & Pick<AgentOptions<M>, 'open' | 'onEvent'>;
  readonly #host: AgentHost;
  readonly #allow: ReturnType<typeof eventLimit>;
  #started: { context: AgentContext<M>; anchor: TrustAnchor; topics: Topics; transport: Transport } | undefined;
  #state: DeviceState = 'empty';
  #session = '';
  #lastError: { code: string; message: string } | null = null;
  #bytesReceived = 0;
  #targets: VerifiedTargets | undefined;
  #offer: Offer | undefined;
  #transfer: Transfer | undefined;
  #wanted: Release | undefined;
  #installing: { release: Release; abort: AbortController } | undefined;
  #working: Promise<void> | undefined;
  #retry: NodeJS.Timeout | undefined;
  #retryMs: number;
  #reporting: Promise<void> | undefined;
  #reportStale = false;
  #kept: AgentEvent[] = [];
  #closed = false;

  /**
   * Checks the options; `start()` does the work.
   * @throws OptionError
   */
  constructor(options: AgentOptions<M>, host: AgentHost = nodeHost) {
    const { open, onEvent } = options;
    this.#options = { ...parseOptions(agentOptionsSchema, options, 'DeviceAgent'), open, ...(onEvent && { onEvent }) };
    this.#host = host;
    this.id = this.#options.id;
    this.#retryMs = this.#options.limits.retryMs;
    this.#allow = eventLimit(this.#options.limits.eventsPerSecond, () => this.#host.now().getTime());
    this.model = new ActiveModel<M>((error) => this.#emit({ event: 'warning', ...causeOf(error) }));
  }

  /**
   * Returns when the model of the last run is open again; the broker is connected to in the background.
   * @throws OptionError or UpdateError when the directory cannot be used or has no trust anchor
   */
  async start(): Promise<void> {
    const { directory, trustAnchor, open, limits, broker } = this.#options;
    const fs = this.#host.fileSystem;
    const downloads = join(directory, 'download');
    await fs.makeDirectory(downloads);
    const anchor = await pinAnchor(fs, directory, trustAnchor);
    const topics = topicsOf(anchor.tenant);
    const slots = slotsIn(fs, join(directory, 'slots'));
    await slots.prepare();
    const store = await openStateStore(fs, directory);
    const context: AgentContext<M> = {
      fs, downloads, slots, store, open, limits, active: this.model,
      emit: (event) => this.#emit(event),
      enter: (state) => this.#enter(state),
    };
    if (store.lost) this.#fail({ code: 'state-lost', message: `${directory}: no copy of the state record is readable; the offered release is fetched again` }, 'warning');
    this.#state = (await startModel(context)) ? 'committed' : 'empty';
    const { loaded } = this.model;
    this.#emit({
      event: 'started', state: this.#state, model: loaded?.installed.model ?? null, version: loaded?.installed.version ?? null, sha256: loaded?.sha256 ?? null,
    });
    const transport = this.#host.openTransport({
      url: broker,
      clientId: `d-${this.id}`,
      will: () => {
        this.#session = randomBytes(8).toString('hex');
        const will: DeviceWill = { v: 1, id: this.id, session: this.#session, state: 'offline' };
        return { topic: topics.report(this.id), payload: encodeMessage(will) };
      },
      connected: () => this.#connected(),
      disconnected: (reason) => this.#emit({ event: 'disconnected', reason }),
      message: (topic, payload) => this.#message(topic, payload),
    });
    this.#started = { context, anchor, topics, transport };
    void transport.subscribe(topics.targets, 1);
    void transport.subscribe(topics.offer(this.#options.class, this.#options.channel), 1);
    this.#work();
  }

  /** What the device reports now. */
  get report(): DeviceReport {
    const { id, class: deviceClass, channel, board } = this.#options;
    const record = this.#use().context.store.record;
    const parts = { id, session: this.#session, state: this.#state, class: deviceClass, channel, board };
    return buildReport({ ...parts, lastError: this.#lastError, bytesReceived: this.#bytesReceived, time: this.#host.now() }, this.model.loaded, record);
  }

  /** Ends transfers, waits for a trial in progress, signs off at the broker and closes the model when nobody uses it any more. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    clearTimeout(this.#retry);
    this.#installing?.abort.abort(new UpdateError('closed', 'update: the agent is closed; it goes on at the next start'));
    await this.#working;
    if (this.#started) {
      const { transport, topics } = this.#started;
      await this.#reporting;
      const last: DeviceReport = { ...this.report, state: 'offline' };
      await transport.publish(topics.report(this.id), encodeMessage(last), { qos: 1, retain: true }).catch(() => undefined);
      await transport.close();
    }
    await this.model.close();
    this.#emit({ event: 'closed' });
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #use() {
    if (!this.#started) throw new UpdateError('not-started', 'agent: not started; call start() first');
    return this.#started;
  }

  #connected(): void {
    if (this.#closed) return;
    this.#emit({ event: 'connected' });
    this.#transfer?.reconnected();
    this.#publishReport();
    for (const event of this.#kept.splice(0)) this.#send(event, this.#use());
  }

  #message(topic: string, payload: Uint8Array): void {
    if (this.#closed) return;
    const { topics, anchor, context } = this.#use();
    try {
      if (topic === topics.targets) {
        const least = Math.max(context.store.record.metadataVersion, this.#targets?.version ?? 0);
        void this.#acceptTargets(verifyTargets(anchor, payload, { now: this.#host.now(), least }));
      } else if (topic === topics.offer(this.#options.class, this.#options.channel)) {
        this.#offer = parseMessage(offerSchema, payload, MESSAGE_BYTES.offer, `offer on ${topic}`);
        this.#evaluate();
      } else this.#transfer?.accept(topic, payload);
    } catch (error) {
      this.#fail(causeOf(error), 'refused');
    }
  }

  async #acceptTargets(targets: VerifiedTargets): Promise<void> {
    this.#targets = targets;
    const { store } = this.#use().context;
    try {
      if (targets.version > store.record.metadataVersion) await store.write({ metadataVersion: targets.version });
    } catch (error) {
      this.#retryLater(error);
      return;
    }
    if (this.#targets === targets) this.#evaluate();
  }

  #evaluate(): void {
    if (this.#closed) return;
    const { store } = this.#use().context;
    const { class: deviceClass, channel } = this.#options;
    try {
      const release = releaseToInstall({
        targets: this.#targets, offer: this.#offer, class: deviceClass, channel, running: this.model.loaded?.installed, failed: store.record.failed,
      });
      if (!release) return;
      const current = this.#installing?.release ?? this.#wanted ?? store.record.pending;
      if (current?.sha256 === release.sha256 && current.counter === release.counter) return;
      this.#emit({ event: 'offered', ...about(release) });
      this.#wanted = release;
      this.#installing?.abort.abort(new UpdateError('superseded', `update: version ${release.version} is offered now`));
      this.#work();
    } catch (error) {
      this.#fail(causeOf(error), 'refused');
    }
  }

  /** One step at a time: a trial left from the last run first, then the release wanted. */
  #work(): void {
    this.#working ??= this.#steps().then((finished) => {
      this.#working = undefined;
      if (finished && this.#wanted && !this.#closed) this.#work();
    });
  }

  /** @returns false after a failure that may pass by itself */
  async #steps(): Promise<boolean> {
    const { context } = this.#use();
    try {
      await this.#resumeTrial();
      while (this.#wanted && !this.#closed) {
        const release = this.#wanted;
        this.#wanted = undefined;
        await this.#install(release);
      }
      return true;
    } catch (error) {
      context.enter('failed');
      this.#retryLater(error);
      return false;
    }
  }

  async #resumeTrial(): Promise<void> {
    const { context } = this.#use();
    const { pending, triesLeft } = context.store.record;
    if (!pending) return;
    if (triesLeft === 0) {
      const cause = new UpdateError('trial-interrupted', `trial of version ${pending.version}: the device stopped ${this.#options.limits.tries} times during it; the model before it keeps running`);
      await rollBack(context, pending, cause);
      return;
    }
    await context.store.write({ triesLeft: triesLeft - 1 });
    context.enter('pending');
    this.#emit({ event: 'pending', slot: pending.slot, triesLeft: triesLeft - 1, ...about(pending) });
    await runTrial(context, pending);
  }

  async #install(release: Release): Promise<void> {
    const { context, topics, transport } = this.#use();
    const abort = new AbortController();
    this.#installing = { release, abort };
    this.#lastError = null;
    try {
      const pending = await installRelease(context, release, async (_, download) => {
        this.#emit({ event: 'downloading', chunks: release.chunks.length, resumed: download.resumed, ...about(release) });
        this.#transfer = startTransfer({
          release, download, device: this.id, topics, transport, limits: this.#options.limits, signal: abort.signal,
          emit: (event) => this.#emit(event),
          received: (bytes) => { this.#bytesReceived += bytes; },
        });
        await this.#transfer.done;
      });
      await runTrial(context, pending);
      this.#retryMs = this.#options.limits.retryMs;
    } catch (error) {
      if (abort.signal.aborted && error === abort.signal.reason) return;
      if (!(error instanceof UpdateError) || error.code !== 'inconsistent-target') throw error;
      await rollBack(context, release, error);
    } finally {
      this.#installing = undefined;
      this.#transfer = undefined;
    }
  }

  #retryLater(error: unknown): void {
    if (this.#closed) return;
    this.#fail(causeOf(error), 'failed');
    clearTimeout(this.#retry);
    this.#retry = setTimeout(() => {
      if (this.#targets) void this.#acceptTargets(this.#targets);
      this.#work();
    }, this.#retryMs);
    this.#retryMs = Math.min(this.#retryMs * 2, this.#options.limits.mostRetryMs);
  }

  #fail(cause: { code: string; message: string }, event: 'refused' | 'failed' | 'warning'): void {
    this.#lastError = cause;
    this.#emit(event === 'failed' ? { event, retryMs: this.#retryMs, ...cause } : { event, ...cause });
    this.#publishReport();
  }

  #enter(state: DeviceState): void {
    this.#state = state;
    this.#publishReport();
  }

  /** Sends the newest report, one at a time: states that pass while one is on its way are left out. */
  #publishReport(): void {
    if (!this.#started || this.#closed) return;
    this.#reportStale = true;
    this.#reporting ??= this.#sendReports(this.#started).finally(() => { this.#reporting = undefined; });
  }

  async #sendReports({ transport, topics }: { transport: Transport; topics: Topics }): Promise<void> {
    while (this.#reportStale && !this.#closed) {
      this.#reportStale = false;
      const sent = await transport.publish(topics.report(this.id), encodeMessage(this.report), { qos: 1, retain: true }).then(() => true, () => false);
      if (!sent) return;
    }
  }

  #emit(body: AgentEventBody): void {
    const suppressed = this.#allow(body);
    if (suppressed === undefined) return;
    const event: AgentEvent = { ...body, id: this.id, time: this.#host.now().toISOString(), ...(suppressed > 0 && { suppressed }) };
    this.#options.onEvent?.(event);
    if (this.#closed) return;
    if (this.#started) this.#send(event, this.#started);
    else this.#keep(event);
  }

  #send(event: AgentEvent, { transport, topics }: { transport: Transport; topics: Topics }): void {
    transport.publish(topics.event(this.id), encodeMessage(event), { qos: 1 }).catch(() => this.#keep(event));
  }

  #keep(event: AgentEvent): void {
    this.#kept.push(event);
    if (this.#kept.length > MAX_KEPT_EVENTS) this.#kept.shift();
  }
}
