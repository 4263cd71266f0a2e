import { readFileSync } from 'node:fs';
import { DeviceAgent } from '../../../sdk/fleet/agent.ts';
import { openFake } from './fake-model.ts';

// A device as a process of its own, to be killed: directory, broker and trust anchor are its arguments.
const [directory, broker, root] = process.argv.slice(2);
const agent = new DeviceAgent({
  directory: directory!,
  broker: broker!,
  id: 'one',
  trustAnchor: new Uint8Array(readFileSync(root!)),
  limits: { askDelayMs: 0, idleMs: 100, journalChunks: 2 },
  open: (bytes) => openFake(bytes),
  onEvent: (event) => void process.stdout.write(`${JSON.stringify(event)}\n`),
});
await agent.start();
