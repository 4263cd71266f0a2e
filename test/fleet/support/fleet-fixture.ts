import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach } from 'vitest';
import type { AgentEvent } from '../../../sdk/fleet/agent-event.ts';

const cleanUps: (() => unknown)[] = [];

afterEach(async () => {
  for (const step of cleanUps.splice(0).reverse()) await step();
});

/** Runs `step` after the test, last registered first. */
export function afterTest(step: () => unknown): void {
  cleanUps.push(step);
}

/** An empty directory, removed after the test. */
export async function temporaryDirectory(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'halfbyte-fleet-'));
  afterTest(() => rm(path, { recursive: true, force: true }));
  return path;
}

/** Waits until `condition` holds. */
export async function until(condition: () => boolean, what: string, limitMs = 10_000): Promise<void> {
  const end = Date.now() + limitMs;
  while (!condition()) {
    if (Date.now() > end) throw new Error(`not within ${limitMs} ms: ${what}`);
    await delay(5);
  }
}

/** Events of an agent, to be waited for. */
export function eventLog() {
  const events: AgentEvent[] = [];
  const named = <Name extends AgentEvent['event']>(name: Name) =>
    events.filter((entry): entry is Extract<AgentEvent, { event: Name }> => entry.event === name);
  return {
    events,
    named,
    onEvent: (entry: AgentEvent): void => void events.push(entry),
    seen: (name: AgentEvent['event'], count = 1) =>
      until(() => named(name).length >= count, `${count} × '${name}' among ${events.map(({ event }) => event).join(' ')}`),
  };
}
