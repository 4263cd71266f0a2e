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
