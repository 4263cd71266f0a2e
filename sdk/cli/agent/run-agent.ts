import { hostname } from 'node:os';
import { DeviceAgent } from '../../fleet/agent.ts';
import { parseAnchor, ROOT_BYTES } from '../../fleet/trust.ts';
import { Model } from '../../model.ts';
import { printEvent } from '../fleet/print-event.ts';
import { stopped } from '../fleet/stopped.ts';
import { readFileOption } from '../read-file.ts';
import type { CliContext } from '../types.ts';

export interface AgentCommandOptions {
  readonly dir: string;
  readonly broker: string;
  readonly id?: string;
  readonly root?: string;
  readonly class: string;
  readonly channel: string;
  readonly threads?: number;
  readonly json?: boolean;
}

/** @param until ends the agent */
export async function runAgent(options: AgentCommandOptions, context: CliContext, until: Promise<void> = stopped()): Promise<void> {
  const { dir, broker, id = hostName(), root, class: deviceClass, channel, threads = 'auto', json } = options;
  const trustAnchor = root === undefined ? undefined : await readFileOption(root, '--root', ROOT_BYTES);
  if (trustAnchor) parseAnchor(trustAnchor, `--root '${root}'`);
  const agent = new DeviceAgent({
    directory: dir, broker, id, class: deviceClass, channel, ...(trustAnchor && { trustAnchor }),
    open: (bytes) => Model.load(bytes, { threads }),
    onEvent: (event) => printEvent(context, event, json),
  });
  try {
    await agent.start();
    context.outliveReaders?.();
    await until;
  } finally {
    await agent.close();
  }
}

function hostName(): string {
  return hostname().replace(/[^A-Za-z0-9._-]/g, '-').slice(0, 36);
}
