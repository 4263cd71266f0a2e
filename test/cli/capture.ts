import { runCli } from '../../sdk/cli/run-cli.ts';

/** What a command line wrote and how it ended. */
export interface Captured {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command line in this process. */
export async function capture(...args: readonly string[]): Promise<Captured> {
  const written = { stdout: '', stderr: '' };
  const sink = (name: 'stdout' | 'stderr') => ({ write: (text: string) => void (written[name] += text) });
  const code = await runCli(args, { stdout: sink('stdout'), stderr: sink('stderr') });
  return { code, ...written };
}
