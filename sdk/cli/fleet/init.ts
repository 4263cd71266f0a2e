import { join, resolve } from 'node:path';
import { initFleet } from '../../fleet/fleet-directory.ts';
import { ROLES } from '../../fleet/signing.ts';
import { printJson } from '../output.ts';
import type { CliContext } from '../types.ts';

export interface InitOptions {
  readonly tenant: string;
  readonly json?: boolean;
}

export async function init(directory: string, { tenant, json }: InitOptions, context: CliContext): Promise<void> {
  const fleet = await initFleet(directory, { tenant });
  const root = resolve(join(directory, 'root.json'));
  if (json) {
    const keys = Object.fromEntries(ROLES.map((role) => [role, fleet.anchor.root.signed.roles[role]?.keyIDs ?? []]));
    printJson(context, { directory: resolve(directory), tenant, root, keys });
    return;
  }
  context.stdout.write(`fleet '${tenant}' in ${directory}\n`);
  context.stdout.write('  keys/      private keys: back them up and keep keys/root.json off-line\n');
  context.stdout.write('  root.json  what devices trust: copy it to every device\n');
}
