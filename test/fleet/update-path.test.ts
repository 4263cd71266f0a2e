import { describe, expect, it } from 'vitest';
import { startBroker } from '../../sdk/fleet/broker.ts';
import { hasMosquitto, startMosquitto } from './support/mosquitto.ts';
import { describeUpdatePath } from './support/update-path.ts';

describe('update path over the embedded broker', () => {
  describeUpdatePath(async () => {
    const broker = await startBroker({ port: 0 });
    return { url: broker.url, close: () => broker.close() };
  });

  it('says which port is taken', async () => {
    const broker = await startBroker({ port: 0 });
    await expect(startBroker({ port: broker.port })).rejects.toThrow(/EADDRINUSE.*choose another --port/);
    await broker.close();
  });
});

describe.skipIf(!hasMosquitto)('update path over Mosquitto', () => {
  describeUpdatePath(startMosquitto);
});
