import { OptionError } from '../../core/errors.ts';
import { shownUrl } from '../shown-url.ts';
import { mqttTransport } from './mqtt.ts';
import type { Transport, TransportKind, TransportOptions } from './types.ts';

/** All transports; the URL's scheme chooses. */
export const transports: readonly TransportKind[] = Object.freeze([mqttTransport]);

/** @throws OptionError for a URL that no transport serves */
export function transportFor(url: string, kinds: readonly TransportKind[] = transports): TransportKind {
  const scheme = URL.canParse(url) ? new URL(url).protocol.slice(0, -1) : '';
  const kind = kinds.find(({ schemes }) => schemes.includes(scheme));
  if (kind) return kind;
  const allowed = kinds.flatMap(({ schemes }) => schemes).map((name) => `${name}://`).join(', ');
  throw new OptionError('invalid-broker', `broker '${shownUrl(url)}': allowed are URLs beginning with ${allowed}; e.g. mqtt://127.0.0.1:1883`);
}

/** @throws OptionError for a URL that no transport serves */
export function openTransport(options: TransportOptions): Transport {
  return transportFor(options.url).open(options);
}
