import { openFleet } from '../../fleet/fleet-directory.ts';
import { readDevices } from '../../fleet/read-devices.ts';
import { printJson, progress } from '../output.ts';
import { formatTable } from '../table.ts';
import type { CliContext } from '../types.ts';

export interface StatusOptions {
  readonly dir: string;
  readonly broker: string;
  readonly json?: boolean;
}

export async function status({ dir, broker, json }: StatusOptions, context: CliContext): Promise<void> {
  const { tenant } = await openFleet(dir);
  progress(context, 'reading the reports');
  const devices = await readDevices({
    broker, tenant, refused: ({ message }) => { context.stderr.write(`halfbyte: ${message}\n`); },
  });
  progress(context, '');
  if (json) {
    printJson(context, { devices, rollouts: [] });
    return;
  }
  const rows = devices.map(({ id, state, model, version, sha256, board, lastSeen, rollback }) => {
    const cells = [state, model, version, sha256?.slice(0, 12), board, lastSeen].map((cell) => cell ?? '-');
    return [id, ...cells, rollback ? `${rollback.code} (release ${rollback.counter})` : ''];
  });
  context.stdout.write(rows.length === 0
    ? `no device has reported to ${broker}\n`
    : formatTable([['device', 'state', 'model', 'version', 'sha256', 'board', 'last seen', 'rolled back'], ...rows]));
}
