import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type * as v from 'valibot';
import { UpdateError } from '../core/errors.ts';
import { parseOptions } from '../core/options.ts';
import { ActiveModel } from './active-model.ts';
import type { AgentContext } from './agent-context.ts';
import type { AgentEvent, AgentEventBody } from './agent-event.ts';
import { agentOptionsSchema, nodeHost, type AgentHost, type AgentOptions } from './agent-options.ts';
import { pinAnchor } from './anchor-store.ts';
import { stepsIn } from './background.ts';
import { causeOf } from './cause.ts';
import { eventLimit } from './event-limit.ts';
import type { LoadedModel, OpenModel } from './loaded-model.ts';
import type { Unlock } from './lock-file.ts';
import { checkMessage, encodeMessage, reportSchema, type DeviceReport, type DeviceState, type DeviceWill } from './messages.ts';
import { buildReport } from './report.ts';
import { createReporter, type Reporter } from './reporter.ts';
import { slotsIn } from './slots.ts';
import { startModel } from './start-model.ts';
import { openStateStore } from './state-store.ts';
import { topicsOf, type Topics } from './topics.ts';
import { transportFor } from './transports/index.ts';
import type { Transport, TransportKind } from './transports/types.ts';
import type { TrustAnchor } from './trust.ts';
import { createUpdateLoop, type UpdateLoop } from './update-loop.ts';
import { usable } from './usable.ts';

/** What a started agent works with. */
interface Parts<M extends LoadedModel> {
  readonly context: AgentContext<M>;
  readonly anchor: TrustAnchor;
  readonly topics: Topics;
  readonly reporter: Reporter;
}

/** The device side: keeps one proven model running and follows the fleet's signed releases. */
export class DeviceAgent<M extends LoadedModel = LoadedModel> {
  /** The model to run inferences on; it changes between two uses, never during one. */
  readonly model: ActiveModel<M>;
  readonly id: string;

  readonly #options: v.InferOutput<typeof agentOptionsSchema>;
  readonly #open: OpenModel<M>;
  readonly #onEvent: AgentOptions<M>['onEvent'];
  readonly #energy: AgentOptions<M>['energy'];
  readonly #host: AgentHost;
  readonly #transportKind: TransportKind;
  readonly #allow: ReturnType<typeof eventLimit>;
  #parts: Parts<M> | undefined;
  #transport: Transport | undefined;
  #updates: UpdateLoop | undefined;
  #state: DeviceState = 'empty';
  #session = randomBytes(8).toString('hex');
  #lastError: DeviceReport['lastError'] = null;
  #bytesReceived = 0;
  #energyFails = false;
  #closed = false;
  #unlock: Unlock | undefined;

  /**
   * Checks the options; `start()` does the work.
   * @throws OptionError
   */
  constructor(options: AgentOptions<M>, host: AgentHost = nodeHost) {
    this.#options = parseOptions(agentOptionsSchema, options, 'DeviceAgent');
    this.#open = options.open;
    this.#onEvent = options.onEvent;
    this.#energy = options.energy;
    this.#host = host;
    this.#transportKind = transportFor(this.#options.broker, host.transports);
    this.id = this.#options.id;
    this.#allow = eventLimit(['refused', 'chunk-refused'], this.#options.limits.eventsPerSecond, () => host.now().getTime());
    this.model = new ActiveModel<M>((error) => this.#emit({ event: 'warning', ...causeOf(error) }));
  }

  /**
   * Returns when the model of the last run is open again; the broker is connected to in the background. To be called once.
   * @throws OptionError or UpdateError when the directory cannot be used, has no trust anchor or is another agent's (`busy`)
   */
  async start(): Promise<void> {
    try {
      await this.#start();
    } catch (error) {
      await this.#release();
      throw error;
    }
  }

  async #release(): Promise<void> {
    const unlock = this.#unlock;
    this.#unlock = undefined;
    await unlock?.();
  }

  async #start(): Promise<void> {
    const parts = await this.#prepare();
    this.#parts = parts;
    const { context, topics, anchor } = parts;
    if (context.store.lost) {
      this.#emit({ event: 'warning', code: 'state-lost', message: 'state record: no copy is readable; the offered release is fetched again' });
    }
    this.#state = (await startModel(context)) ? 'committed' : 'empty';
    const { loaded } = this.model;
    const { model = null, version = null } = loaded?.installed ?? {};
    this.#emit({ event: 'started', state: this.#state, model, version, sha256: loaded?.sha256 ?? null });
    const transport = this.#connect(topics);
    const { id, class: deviceClass, channel } = this.#options;
    this.#transport = transport;
    this.#updates = createUpdateLoop({
      context, anchor, topics, transport, id, class: deviceClass, channel, now: () => this.#host.now(),
      received: (bytes) => { this.#bytesReceived += bytes; },
    });
    void transport.subscribe(topics.targets, 1);
    void transport.subscribe(topics.offer(deviceClass, channel), 1);
    this.#updates.start();
  }

  /** What the device reports now. @throws UpdateError `not-started` */
  get report(): DeviceReport {
    if (!this.#parts) throw new UpdateError('not-started', 'agent: not started; call start() first');
    const { id, class: deviceClass, channel, board } = this.#options;
    const energy = this.#energyNow();
    const parts = {
      id, session: this.#session, state: this.#state, class: deviceClass, channel, board,
      lastError: this.#lastError, bytesReceived: this.#bytesReceived, ...(energy && { energy }), time: this.#host.now(),
    };
    return buildReport(parts, this.model.loaded, this.#parts.context.store.record);
  }

  /** Sends the report anew, e.g. once an hour for its energy; changes of state send it anyway. */
  sendReport(): void {
    this.#parts?.reporter.report();
  }

  /** Ends transfers, waits for a trial in progress, signs off at the broker and closes the model when nobody uses it any more. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await this.#updates?.close();
    await this.#parts?.reporter.close({ ...this.report, state: 'offline' });
    await this.#transport?.close();
    await this.model.close();
    await this.#release();
    if (this.#parts) this.#emit({ event: 'closed' });
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #prepare(): Promise<Parts<M>> {
    const { directory, trustAnchor, limits } = this.#options;
    const fs = this.#host.fileSystem;
    const downloads = join(directory, 'download');
    await usable(directory, () => fs.makeDirectory(downloads));
    this.#unlock = await usable(directory, () => fs.lock(join(directory, 'agent.lock')));
    const anchor = await pinAnchor(fs, directory, trustAnchor);
    const slots = slotsIn(fs, join(directory, 'slots'));
    await slots.prepare();
    const context: AgentContext<M> = {
      fs, downloads, slots, store: await openStateStore(fs, directory), open: this.#open, limits, active: this.model,
      runStep: stepsIn(this.#options.background),
      emit: (event) => this.#emit(event),
      state: () => this.#state,
      enter: (state) => this.#enter(state),
    };
    const topics = topicsOf(anchor.tenant);
    const publish: Transport['publish'] = async (...message) => {
      if (!this.#transport) throw new UpdateError('offline', 'broker: not connected yet');
      await this.#transport.publish(...message);
    };
    return { context, anchor, topics, reporter: createReporter(this.id, topics, publish, () => this.report) };
  }

  #connect(topics: Topics): Transport {
    return this.#transportKind.open({
      url: this.#options.broker,
      clientId: `d-${this.id}`,
      will: () => {
        this.#session = randomBytes(8).toString('hex');
        const will: DeviceWill = { v: 1, id: this.id, session: this.#session, state: 'offline' };
        return { topic: topics.report(this.id), payload: encodeMessage(will) };
      },
      connected: () => {
        if (this.#closed) return;
        this.#emit({ event: 'connected' });
        this.#updates?.reconnected();
        this.#parts?.reporter.connected();
      },
      disconnected: (reason) => this.#emit({ event: 'disconnected', reason }),
      message: (topic, payload) => {
        if (!this.#closed) this.#updates?.message(topic, payload);
      },
    });
  }

  /** What the callback gives, where the controller will accept it: a report must not be lost for it. */
  #energyNow(): DeviceReport['energy'] {
    try {
      const energy = checkMessage(reportSchema.entries.energy, this.#energy?.(), 'energy callback');
      this.#energyFails = false;
      return energy;
    } catch (error) {
      // A warning leads to a report, which asks again.
      const known = this.#energyFails;
      this.#energyFails = true;
      if (!known) this.#emit({ event: 'warning', ...causeOf(error) });
      return undefined;
    }
  }

  #enter(state: DeviceState): void {
    this.#state = state;
    if (state === 'downloading' || state === 'committed') this.#lastError = null;
    this.#parts?.reporter.report();
  }

  #emit(body: AgentEventBody): void {
    const suppressed = this.#allow(body);
    if (suppressed === undefined) return;
    const event: AgentEvent = { ...body, id: this.id, time: this.#host.now().toISOString(), ...(suppressed > 0 && { suppressed }) };
    this.#onEvent?.(event);
    if (this.#closed) return;
    if (body.event === 'refused' || body.event === 'failed' || body.event === 'warning') {
      this.#lastError = { code: body.code, message: body.message };
      this.#parts?.reporter.report();
    }
    this.#parts?.reporter.event(event);
  }
}
