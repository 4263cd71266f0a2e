import { runCli } from '../../sdk/cli/run-cli.ts';
import type { CliContext } from '../../sdk/cli/types.ts';

/** What a command line wrote and how it ended. */
export interface Captured {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Where a command writes to, and what it has written so far. */
export class Sink {
  stdout = '';
  stderr = '';
  readonly context: CliContext = {
    stdout: { write: (text) => void (this.stdout += text) },
    stderr: { write: (text) => void (this.stderr += text) },
  };
}

/** Runs a command line in this process. */
export async function capture(...args: readonly string[]): Promise<Captured> {
  const sink = new Sink();
  const code = await runCli(args, sink.context);
  return { code, stdout: sink.stdout, stderr: sink.stderr };
}
