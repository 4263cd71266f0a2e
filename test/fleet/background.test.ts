import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { Background } from '../../sdk/fleet/background.ts';
import type { Outcome, RunContext } from '../../sdk/power/scheduler/types.ts';
import { Scheduler } from '../../sdk/power/scheduler/index.ts';
import { openFake } from './support/fake-model.ts';
import { CALM, createMemoryFleet, running } from './support/memory-fleet.ts';
import { MemoryDisk } from './support/memory-file-system.ts';
import { releaseFor } from './support/signed-fleet.ts';

const [v1, v2] = [await releaseFor('1.0', 1), await releaseFor('2.0', 2)];
const CONTEXT: RunContext = { signal: new AbortController().signal, deadline: Infinity };

/** Runs steps one at a time; before some of them, by their number, it drops as many as it is told. */
class Recorder implements Background {
  steps = 0;
  inside = false;
  readonly #drops: Map<number, number>;

  constructor(drops: readonly (readonly [number, number])[] = []) {
    this.#drops = new Map(drops);
  }

  async run<Result>(step: (context: RunContext) => Promise<Result> | Result): Promise<Outcome<Result>> {
    await turn();
    expect(this.inside).toBe(false);
    const drops = this.#drops.get(this.steps) ?? 0;
    if (drops > 0) {
      this.#drops.set(this.steps, drops - 1);
      return { status: 'dropped', reason: 'closed', message: 'told so' };
    }
    this.steps++;
    this.inside = true;
    try {
      return { status: 'done', value: await step(CONTEXT), index: 0, late: false, waited: 0, latency: 0 };
    } catch (error) {
      return { status: 'failed', error };
    } finally {
      this.inside = false;
    }
  }
}

describe('an update in the background', () => {
  it('writes, reads back, opens and tests in steps, one at a time', async () => {
    const background = new Recorder();
    const opened: boolean[] = [];
    const { fleet, agent, log } = await running(v1, { ...CALM, background, open: (bytes) => { opened.push(background.inside); return openFake(bytes); } });
    background.steps = 0;
    fleet.announce(2, v2);
    await log.seen('committed', 2);
    expect(opened).toEqual([true, true]);
    expect(background.steps).toBe(v2.release.chunks.length + 3);
    await agent.close();
  });

  it('goes on later where steps do not run, without giving the release up', async () => {
    const background = new Recorder([[0, 2], [v1.release.chunks.length + 1, 6]]);
    const fleet = createMemoryFleet();
    const { agent, log } = fleet.agent(new MemoryDisk(), { background, limits: { askDelayMs: 0, idleMs: 30, retryMs: 1, mostRetryMs: 2, journalChunks: 2, tries: 2 } });
    fleet.announce(1, v1);
    await agent.start();
    await log.seen('committed');
    const events = log.events.map(({ event }) => event);
    expect(events.filter((event) => event === 'failed').length).toBe(8);
    expect(events).not.toContain('rolled-back');
    await agent.close();
  });

  it('fails its self-test there as it does elsewhere', async () => {
    const background = new Recorder();
    const { fleet, agent, log } = await running(v1, { ...CALM, background });
    fleet.announce(2, await releaseFor('unopenable', 2));
    await log.seen('rolled-back');
    expect(agent.model.loaded?.installed.version).toBe('1.0');
    await agent.close();
  });

  it('shares a scheduler with a camera', async () => {
    await using scheduler = new Scheduler();
    const camera = scheduler.stream({ name: 'camera', rate: 100, deadline: 0.5, cost: 0.002, run: () => turn() });
    const background = scheduler.background({ name: 'update', step: 0.1 });
    const { fleet, agent, log } = await running(v1, { ...CALM, background });
    let stop = false;
    const statuses = new Set<string>();
    const frames = (async () => {
      while (!stop) statuses.add((await camera.submit(undefined)).status);
    })();
    fleet.announce(2, v2);
    await log.seen('committed', 2);
    stop = true;
    await frames;
    expect(statuses).toEqual(new Set(['done']));
    expect(agent.model.loaded?.installed.version).toBe('2.0');
    await agent.close();
  });
});
