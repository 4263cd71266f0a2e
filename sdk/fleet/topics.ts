import { OptionError } from '../core/errors.ts';

/** Names that occur in topics: tenant, device, class, channel. 36 characters keep topics within AWS IoT's buffers. */
export const NAME_PATTERN = /^[A-Za-z0-9][A-Za-z0-9._-]{0,35}$/;
export const NAME_RULE = '1 to 36 characters A-Z a-z 0-9 . _ - beginning with a letter or digit';

/** Signed metadata and blob chunks of a tenant, and where its devices report. */
export interface Topics {
  /** Signed targets metadata, retained. */
  readonly targets: string;
  /** Pointer to the release a class and channel should run, retained. */
  readonly offer: (deviceClass: string, channel: string) => string;
  /** One chunk of a blob, QoS 0 to devices, never retained. */
  readonly chunk: (blob: string, n: number) => string;
  /** Filter of a blob's chunks. */
  readonly chunks: (blob: string) => string;
  /** Devices ask for missing chunks. */
  readonly need: (blob: string) => string;
  /** Filter of all requests for chunks. */
  readonly needs: string;
  /** Filter of all offers. */
  readonly offers: string;
  /** A device's report, retained, and its will. */
  readonly report: (device: string) => string;
  /** Filter of all reports. */
  readonly reports: string;
  /** A device's events. */
  readonly event: (device: string) => string;
}

/** @throws OptionError when `tenant` is not a name */
export function topicsOf(tenant: string): Topics {
  const base = `m/${checkName('tenant', tenant)}`;
  return Object.freeze({
    targets: `${base}/meta/targets`,
    offer: (deviceClass: string, channel: string) => `${base}/chan/${deviceClass}/${channel}`,
    chunk: (blob: string, n: number) => `${base}/b/${blob}/${n}`,
    chunks: (blob: string) => `${base}/b/${blob}/+`,
    need: (blob: string) => `${base}/b/${blob}/need`,
    needs: `${base}/b/+/need`,
    offers: `${base}/chan/+/+`,
    report: (device: string) => `${base}/d/${device}/st`,
    reports: `${base}/d/+/st`,
    event: (device: string) => `${base}/d/${device}/ev`,
  });
}

/** Part `level` of a topic, counted from 0; the empty string beyond the end. */
export function topicLevel(topic: string, level: number): string {
  return topic.split('/', level + 1)[level] ?? '';
}

/** @throws OptionError unless `name` can stand in a topic and a path */
export function checkName(what: string, name: string): string {
  if (NAME_PATTERN.test(name)) return name;
  throw new OptionError('invalid-name', `${what} '${name}': allowed are ${NAME_RULE}`);
}
