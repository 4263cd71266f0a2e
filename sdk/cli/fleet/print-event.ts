import type { CliContext } from '../types.ts';

const SHOWN_BYTES = 12;

/** One event a line: JSON, or the time, its name and its fields with hashes cut short. */
export function printEvent(context: CliContext, event: { readonly event: string; readonly time?: string }, json: boolean | undefined): void {
  if (json) {
    context.stdout.write(`${JSON.stringify(event)}\n`);
    return;
  }
  const { event: name, time = new Date().toISOString(), ...fields } = event;
  const shown = Object.entries(fields).map(([key, value]) => `${key} ${shorten(value)}`);
  context.stdout.write(`${time.slice(11, 19)} ${[name, ...shown].join('  ')}\n`);
}

function shorten(value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.replace(/\b[0-9a-f]{64}\b/g, (hash) => hash.slice(0, SHOWN_BYTES));
}
