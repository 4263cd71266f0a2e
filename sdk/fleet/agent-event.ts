import type { DeviceState } from './messages.ts';
import type { Release } from './release.ts';

type About = Pick<Release, 'model' | 'version' | 'counter' | 'sha256'>;
type Cause = { readonly code: string; readonly message: string };

/** What happens on a device, in the order it happens. */
export type AgentEventBody =
  | ({ readonly event: 'started'; readonly state: DeviceState } & { readonly [Field in 'model' | 'version' | 'sha256']: string | null })
  | { readonly event: 'connected' }
  | { readonly event: 'disconnected'; readonly reason: string }
  | ({ readonly event: 'offered' } & About)
  /** A message, an offer or metadata that is not followed. */
  | ({ readonly event: 'refused' } & Cause)
  | ({ readonly event: 'downloading'; readonly chunks: number; readonly resumed: number } & About)
  | { readonly event: 'asked'; readonly chunks: number }
  | ({ readonly event: 'chunk-refused' } & Cause)
  | ({ readonly event: 'verified' } & About)
  | ({ readonly event: 'pending'; readonly slot: string; readonly triesLeft: number } & About)
  | ({ readonly event: 'committed'; readonly slot: string; readonly selfTest: string } & About)
  | ({ readonly event: 'rolled-back' } & About & Cause)
  /** It will be tried again. */
  | ({ readonly event: 'failed'; readonly retryMs: number } & Cause)
  | ({ readonly event: 'warning' } & Cause)
  | { readonly event: 'closed' };

export type AgentEvent = AgentEventBody & {
  readonly id: string;
  readonly time: string;
  /** Events of the same kind left out before this one. */
  readonly suppressed?: number;
};

/** Events that anybody who can write to the broker can cause at any rate. */
const FLOODABLE = new Set<AgentEventBody['event']>(['refused', 'chunk-refused']);

/**
 * Lets through at most `perSecond` events of each floodable kind and counts the rest.
 * @returns for each event the number left out before it, or undefined when it is left out itself
 */
export function eventLimit(perSecond: number, now: () => number): (event: AgentEventBody) => number | undefined {
  const windows = new Map<string, { start: number; sent: number; suppressed: number }>();
  return ({ event }) => {
    if (!FLOODABLE.has(event)) return 0;
    const window = windows.get(event) ?? { start: now(), sent: 0, suppressed: 0 };
    windows.set(event, window);
    if (now() - window.start >= 1000) {
      window.start = now();
      window.sent = 0;
    }
    if (window.sent >= perSecond) {
      window.suppressed++;
      return undefined;
    }
    window.sent++;
    const { suppressed } = window;
    window.suppressed = 0;
    return suppressed;
  };
}
