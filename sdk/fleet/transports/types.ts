/** Told by a transport what happens. */
export interface TransportHandlers {
  /** The payload may be a view on a larger buffer and is the receiver's to keep. */
  message(topic: string, payload: Uint8Array): void;
  /** After every successful connection, with the subscriptions renewed. */
  connected(): void;
  /** After every lost connection and failed attempt. */
  disconnected(reason: string): void;
}

export interface TransportOptions extends TransportHandlers {
  /** Address of the broker. */
  readonly url: string;
  readonly clientId: string;
  /** What the broker publishes, retained, when the connection is lost; asked for at every attempt. */
  will?(): { readonly topic: string; readonly payload: Uint8Array };
}

/** A connection to a broker that comes back by itself. */
export interface Transport {
  /**
   * Returns when the broker has the message (QoS 1) or it is handed to the network (QoS 0).
   * @throws UpdateError `offline` when there is no connection or it is lost meanwhile; nothing is queued
   */
  publish(topic: string, payload: Uint8Array, options: { readonly qos: 0 | 1; readonly retain?: boolean }): Promise<void>;
  /** Returns when the broker has it, or at once while offline: it is remembered and renewed after every connection. */
  subscribe(filter: string, qos: 0 | 1): Promise<void>;
  unsubscribe(filter: string): void;
  /** Leaves the broker in order: no will is published. */
  close(): Promise<void>;
}

/** A way to reach a broker. */
export interface TransportKind {
  readonly name: string;
  /** URL schemes it serves. */
  readonly schemes: readonly string[];
  /** Begins to connect; the handlers are called later, never before it returns. */
  open(options: TransportOptions): Transport;
}
