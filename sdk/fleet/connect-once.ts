import { UpdateError } from '../core/errors.ts';
import { openTransport } from './transports/index.ts';
import type { Transport, TransportOptions } from './transports/types.ts';

/**
 * A connection for one errand: ready when this returns.
 * @throws UpdateError `offline` when the broker does not answer within `limitMs`
 */
export async function connectOnce(options: Pick<TransportOptions, 'url' | 'clientId' | 'message'>, limitMs = 10_000): Promise<Transport> {
  let last = 'no answer';
  let transport: Transport | undefined;
  let timer: NodeJS.Timeout | undefined;
  try {
    await new Promise<void>((resolve, reject) => {
      timer = setTimeout(() => reject(new UpdateError('offline', `broker ${options.url}: ${last}; start 'fleet serve' or pass --broker`)), limitMs);
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
