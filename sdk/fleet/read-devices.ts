import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { connectOnce } from './connect-once.ts';
import { createDeviceTable, type DeviceRow } from './device-table.ts';
import { causeOf } from './cause.ts';
import { topicLevel, topicsOf } from './topics.ts';

export interface ReadDevicesOptions {
  readonly broker: string;
  readonly tenant: string;
  /** Quiet time that ends the reading (ms). */
  readonly quietMs?: number;
  /** Told about messages that are not reports. */
  readonly refused?: (cause: { code: string; message: string }) => void;
}

/**
 * The devices of a fleet from the reports that the broker retains. Needs a broker that delivers retained messages to wildcard filters.
 * @throws UpdateError `offline`
 */
export async function readDevices({ broker, tenant, quietMs = 500, refused }: ReadDevicesOptions): Promise<DeviceRow[]> {
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
