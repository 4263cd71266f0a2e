import { startBroker } from '../../fleet/broker.ts';
import { Controller, type ControllerEvent } from '../../fleet/controller.ts';
import { openFleet } from '../../fleet/fleet-directory.ts';
import { shownUrl } from '../../fleet/shown-url.ts';
import type { CliContext } from '../types.ts';
import { printEvent } from './print-event.ts';
import { stopped } from './stopped.ts';

export interface ServeOptions {
  readonly dir: string;
  readonly broker?: string;
  readonly host: string;
  readonly port: number;
  readonly rate: number;
  readonly json?: boolean;
}

/** @param until ends the service */
export async function serve(options: ServeOptions, context: CliContext, until: Promise<void> = stopped()): Promise<void> {
  const { dir, host, port, rate, json } = options;
  await openFleet(dir);
  const inside = options.broker === undefined ? await startBroker({ host, port }) : undefined;
  const url = options.broker ?? inside?.url ?? '';
  const show = (event: ControllerEvent): void => printEvent(context, json ? event : inShort(event), json);
  const controller = new Controller({ directory: dir, broker: url, bytesPerSecond: rate, onEvent: show });
  try {
    await controller.start();
    context.outliveReaders?.();
    const serving = { event: 'serving', broker: shownUrl(url), embedded: inside !== undefined };
    printEvent(context, serving, json);
    await until;
  } finally {
    await controller.close();
    await inside?.close();
  }
}

/** A device's row cut to what a person follows. */
function inShort(event: ControllerEvent) {
  if (event.event !== 'device') return event;
  const { id, state, model, version, sha256, rollback, lastError } = event.device;
  return {
    event: 'device', id, state,
    ...(model !== null && { model, version, sha256 }), ...(rollback && { rollback: rollback.code }), ...(lastError && { lastError: lastError.code }),
  };
}
