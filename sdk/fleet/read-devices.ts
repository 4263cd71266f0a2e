import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import * as v from 'valibot';
import { parseOptions } from '../core/options.ts';
import { connectOnce } from './connect-once.ts';
import { createDeviceTable, type DeviceRow } from './device-table.ts';
import { causeOf } from './cause.ts';
import { topicLevel, topicsOf } from './topics.ts';

export interface ReadDevicesOptions {
  readonly broker: string;
  readonly tenant: string;
  /** Quiet time that ends the reading (ms); 500 by default. */
  readonly quietMs?: number;
  /** Told about messages that are not reports. */
  readonly refused?: (cause: { code: string; message: string }) => void;
}

const schema = v.strictObject({
  broker: v.pipe(v.string(), v.nonEmpty()),
  tenant: v.string(),
  quietMs: v.optional(v.pipe(v.number(), v.minValue(0), v.maxValue(600_000)), 500),
  refused: v.optional(v.function()),
});

/**
 * The devices of a fleet from the reports that the broker retains. Needs a broker that delivers retained messages to wildcard filters.
 * @throws OptionError for wrong options, UpdateError `offline`
 */
export async function readDevices(options: ReadDevicesOptions): Promise<DeviceRow[]> {
  const { broker, tenant, quietMs, refused } = parseOptions(schema, options, 'readDevices');
  const topics = topicsOf(tenant);
  const table = createDeviceTable();
  let last = 0;
  const transport = await connectOnce({
    url: broker,
    clientId: `s-${randomBytes(8).toString('hex')}`,
    message: (topic, payload) => {
      last = Date.now();
      try {
        table.take(topicLevel(topic, 3), payload);
      } catch (error) {
        refused?.(causeOf(error));
      }
    },
  });
  try {
    await transport.subscribe(topics.reports, 1);
    last = Date.now();
    const end = last + 20 * quietMs;
    while (Date.now() < Math.min(last + quietMs, end)) await delay(50);
  } finally {
    await transport.close();
  }
  return table.rows();
}
