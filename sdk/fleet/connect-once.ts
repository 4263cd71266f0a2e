import { UpdateError } from '../core/errors.ts';
import { shownUrl } from './shown-url.ts';
import { openTransport } from './transports/index.ts';
import type { Transport, TransportOptions } from './transports/types.ts';

const LIMIT_MS = 5000;

/**
 * A connection for one errand: ready when this returns.
 * @throws UpdateError `offline` when the broker does not answer within five seconds
 */
export async function connectOnce(options: Pick<TransportOptions, 'url' | 'clientId' | 'message'>): Promise<Transport> {
  let last = 'no answer';
  let transport: Transport | undefined;
  let timer: NodeJS.Timeout | undefined;
  try {
    await new Promise<void>((resolve, reject) => {
      const late = (): UpdateError => new UpdateError('offline', `broker ${shownUrl(options.url)}: ${last}; start 'fleet serve' or pass --broker`);
      timer = setTimeout(() => reject(late()), LIMIT_MS);
      transport = openTransport({ ...options, connected: resolve, disconnected: (reason) => { last = reason; } });
    });
  } catch (error) {
    await transport?.close();
    throw error;
  } finally {
    clearTimeout(timer);
  }
  return transport!;
}
