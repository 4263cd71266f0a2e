import { OptionError } from '../../core/errors.ts';
import { mqttTransport } from './mqtt.ts';
import type { Transport, TransportKind, TransportOptions } from './types.ts';

/** All transports; the URL's scheme chooses. */
export const transports: readonly TransportKind[] = Object.freeze([mqttTransport]);

/** @throws OptionError for a URL that no transport serves */
export function openTransport(options: TransportOptions): Transport {
  const scheme = URL.canParse(options.url) ? new URL(options.url).protocol.slice(0, -1) : '';
  const kind = transports.find(({ schemes }) => schemes.includes(scheme));
  if (kind) return kind.open(options);
  const allowed = transports.flatMap(({ schemes }) => schemes).map((name) => `${name}://`).join(', ');
  throw new OptionError('invalid-broker', `broker '${options.url}': allowed are URLs beginning with ${allowed}; e.g. mqtt://127.0.0.1:1883`);
}
