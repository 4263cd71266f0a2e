import { spawn, spawnSync } from 'node:child_process';
import { connect, createServer } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

/** Whether the Mosquitto broker is installed; tests that need it skip where it is not. */
export const hasMosquitto = spawnSync('mosquitto', ['-h']).error === undefined;

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve); });
  const address = server.address();
  await new Promise((resolve) => { server.close(resolve); });
  return typeof address === 'object' && address !== null ? address.port : 0;
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => { socket.destroy(); resolve(true); });
    socket.once('error', () => resolve(false));
  });
}

/** A Mosquitto of our own on a free port. */
export async function startMosquitto(): Promise<{ url: string; port: number; close(): Promise<void> }> {
  const port = await freePort();
  const broker = spawn('mosquitto', ['-p', String(port)], { stdio: 'ignore' });
  const ended = new Promise<void>((resolve) => { broker.once('exit', () => resolve()); });
  for (let tries = 0; !(await accepts(port)); tries++) {
    if (tries > 100) throw new Error('mosquitto does not listen');
    await delay(50);
  }
  return {
    url: `mqtt://127.0.0.1:${port}`,
    port,
    close: async () => {
      broker.kill();
      await ended;
    },
  };
}
