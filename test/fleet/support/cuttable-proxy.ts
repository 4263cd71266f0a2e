import { connect, createServer, type Socket } from 'node:net';
import { afterTest } from './fleet-fixture.ts';

/** A TCP proxy whose connections can be cut like a cable. */
export async function startProxy(port: number): Promise<{ url: string; cut(): void; resume(): void }> {
  const pairs = new Set<Socket>();
  let up = true;
  const server = createServer((client) => {
    if (!up) {
      client.resetAndDestroy();
      return;
    }
    const upstream = connect(port, '127.0.0.1');
    for (const [from, to] of [[client, upstream], [upstream, client]] as const) {
      pairs.add(from);
      from.pipe(to);
      from.on('error', () => to.destroy());
      from.on('close', () => {
        pairs.delete(from);
        to.destroy();
      });
    }
  });
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve); });
  const address = server.address();
  afterTest(() => {
    for (const socket of pairs) socket.destroy();
    server.close();
  });
  return {
    url: `mqtt://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`,
    cut: () => {
      up = false;
      for (const socket of pairs) socket.resetAndDestroy();
    },
    resume: () => { up = true; },
  };
}
