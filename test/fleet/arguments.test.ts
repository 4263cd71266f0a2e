import { expect, it } from 'vitest';
import { OptionError } from '../../sdk/core/errors.ts';
import { startBroker } from '../../sdk/fleet/broker.ts';
import { initFleet, openFleet } from '../../sdk/fleet/fleet-directory.ts';
import { readDevices } from '../../sdk/fleet/read-devices.ts';

it.each<[string, () => Promise<unknown>, RegExp]>([
  ['openFleet()', () => openFleet(undefined as never), /^openFleet: found Undefined; must be the path of a fleet's directory/],
  ['initFleet()', () => initFleet(undefined as never), /^initFleet: found Undefined; must be the path of a fleet's directory/],
  ['readDevices()', () => readDevices(undefined as never), /^readDevices: /],
  ['readDevices without a tenant', () => readDevices({ broker: 'mqtt://127.0.0.1:1' } as never), /^readDevices: option 'tenant': missing/],
  ['a port below 0', () => startBroker({ port: -5 }), /^startBroker: option 'port'/],
  ['a port that would be a socket of that name', () => startBroker({ port: 'x' } as never), /^startBroker: option 'port'/],
])('%s is an OptionError', async (_, call, message) => {
  const refused = call();
  await expect(refused).rejects.toThrow(OptionError);
  await expect(refused).rejects.toThrow(message);
});
