import { connect, createServer } from 'node:net';

const MAGIC = 'HBCK';
const NUMBER = 16; // where a chunk's header has its number
const PAYLOAD = 32; // bytes of the header

/**
 * A line between a device and the broker that can damage chunk 1 of a blob: a single bit of its payload.
 * @returns {Promise<{url: string, damageOne(): void, damaged: number, close(): void}>}
 */
export async function startNoisyLine(brokerPort) {
  const sockets = new Set();
  let armed = false;
  const server = createServer((device) => {
    const broker = connect(brokerPort, '127.0.0.1');
    for (const socket of [device, broker]) {
      sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        sockets.delete(socket);
        device.destroy();
        broker.destroy();
      });
    }
    device.pipe(broker);
    broker.on('data', (bytes) => {
      for (let at = bytes.indexOf(MAGIC); armed && at >= 0; at = bytes.indexOf(MAGIC, at + 1)) {
        if (at + PAYLOAD >= bytes.length || bytes.readUInt32LE(at + NUMBER) !== 1) continue;
        bytes[at + PAYLOAD] ^= 1;
        armed = false;
        line.damaged++;
      }
      device.write(bytes);
    });
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const line = {
    url: `mqtt://127.0.0.1:${server.address().port}`,
    damaged: 0,
    damageOne: () => { armed = true; },
    close: () => {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
  return line;
}
