import type { AgentEvent } from './agent-event.ts';
import { encodeMessage, type DeviceReport } from './messages.ts';
import type { Topics } from './topics.ts';
import type { Transport } from './transports/types.ts';

/** Events kept for the broker while it is away. */
const MAX_KEPT_EVENTS = 64;

/** Tells the broker how the device is; holds what cannot be sent yet, within bounds. */
export interface Reporter {
  /** Sends the newest report, one at a time: states that pass while one is on its way are left out. */
  report(): void;
  event(event: AgentEvent): void;
  connected(): void;
  /** Signs off with `last`. */
  close(last: DeviceReport): Promise<void>;
}

/** @param current the report as it is now */
export function createReporter(id: string, topics: Topics, publish: Transport['publish'], current: () => DeviceReport): Reporter {
  let kept: AgentEvent[] = [];
  let sending: Promise<void> | undefined;
  let stale = false;
  let closed = false;

  const send = (report: DeviceReport): Promise<boolean> =>
    publish(topics.report(id), encodeMessage(report), { qos: 1, retain: true }).then(() => true, () => false);
  const sendAll = async (): Promise<void> => {
    while (stale && !closed) {
      stale = false;
      if (!(await send(current()))) break;
    }
    sending = undefined;
  };
  const report = (): void => {
    stale = true;
    if (!closed) sending ??= sendAll();
  };
  const event = (body: AgentEvent): void => {
    publish(topics.event(id), encodeMessage(body), { qos: 1 }).catch(() => {
      kept = [...kept, body].slice(-MAX_KEPT_EVENTS);
    });
  };
  return {
    report,
    event,
    connected: () => {
      const waiting = kept;
      kept = [];
      report();
      waiting.forEach(event);
    },
    close: async (last) => {
      closed = true;
      await sending;
      await send(last);
    },
  };
}
