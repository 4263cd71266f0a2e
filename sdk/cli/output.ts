import type { CliContext } from './types.ts';

/** Writes the one JSON object of `--json`. */
export function printJson(context: CliContext, value: object): void {
  context.stdout.write(`${JSON.stringify(value)}\n`);
}

/** Shows what is going on, on terminals only; the empty string removes it. */
export function progress(context: CliContext, text: string): void {
  if (context.stderr.isTTY) context.stderr.write(`\r\x1b[K${text}`);
}

/** Help text after the options: every command has one. */
export function example(...lines: readonly string[]): string {
  return `\n${lines.length > 1 ? 'Examples' : 'Example'}:\n${lines.map((line) => `  $ ${line}`).join('\n')}\n`;
}
