import { describe, expect, it } from 'vitest';
import { cascade } from '../../../sdk/power/scheduler/cascade.ts';
import { Scheduler } from '../../../sdk/power/scheduler/scheduler.ts';
import { VirtualClock } from './virtual-clock.ts';

interface Frame { readonly person: number; readonly crop?: boolean }

function setup() {
  const clock = new VirtualClock();
  const scheduler = new Scheduler({ clock, lateness: 0 });
  const open = (name: string, cost: number, factor: number, options: object = {}) => scheduler.stream<Frame, number>({
    name, cost, period: 0.5, deadline: 0.5, run: async ([frame]) => clock.sleep(cost).then(() => frame!.person * factor), ...options,
  });
  return { clock, scheduler, open };
}

describe('gates', () => {
  it('let items pass for a while after an event, which may be what another stream saw', async () => {
    const { clock, scheduler, open } = setup();
    const motion = scheduler.gate({ hold: 2 });
    const person = scheduler.gate({ hold: 1 });
    const detector = person.opensOn(open('detector', 0.1, 1, { gate: motion }), (score) => score > 0.5);
    const faces = open('faces', 0.1, 10, { gate: person });
    const seen: string[] = [];
    const watch = async (at: number, frame: Frame): Promise<void> => {
      await clock.sleep(at);
      const first = await detector.submit(frame);
      const second = await faces.submit(frame);
      seen.push(`${at}: ${first.status === 'dropped' ? first.reason : first.status}, ${second.status === 'dropped' ? second.reason : second.status}`);
    };
    for (const at of [0, 2, 3, 4, 6]) void watch(at, { person: at === 3 ? 1 : 0 });
    clock.after(1.5, () => motion.trigger());
    await clock.run();
    expect(seen).toEqual(['0: gated, gated', '2: done, gated', '3: done, done', '4: gated, done', '6: gated, gated']);
  });

  it.each([[undefined, 'Undefined'], [0, 'Number'], [Promise.resolve(false), 'Promise']])('must say true or false, not %s', async (answer, what) => {
    const { open } = setup();
    const stream = open('door', 0.1, 1, { gate: { isOpen: () => answer as never } });
    const message = `stream 'door': option 'gate': isOpen() returned ${what}; it must return true or false`;
    expect(await stream.submit({ person: 1 })).toMatchObject({ status: 'failed', error: { code: 'invalid-option', message } });
  });
});

describe('a cascade', () => {
  it('asks the expensive stream about what the cheap one passes on, and keeps the cheap answer where it cannot', async () => {
    const { clock, open } = setup();
    const small = open('small', 0.02, 1, { backlog: 8 });
    const large = open('large', 0.2, 100);
    const answers = cascade<Frame, number>([{ stream: small, next: (score, frame) => (score > 0.5 ? { ...frame, crop: true } : undefined) }, { stream: large }]);
    const nothing = answers.submit({ person: 0.1 });
    await clock.run(1);
    expect(await nothing).toMatchObject({ stage: 0, value: 0.1, outcome: { status: 'done' } });
    const someone = answers.submit({ person: 0.9 });
    await clock.run(2);
    expect(await someone).toMatchObject({ stage: 1, value: 90, outcome: { status: 'done', late: false } });
    void large.close();
    const cheap = answers.submit({ person: 0.8 });
    await clock.run(3);
    expect(await cheap).toMatchObject({ stage: 1, value: 0.8, outcome: { status: 'dropped', reason: 'closed' } });
    expect(await answers.submit({ person: 1 }, { signal: AbortSignal.abort() })).toMatchObject({ stage: 0, value: undefined, outcome: { reason: 'aborted' } });
  });

  it('wants at least two stages, each but the last with what the next is to see', () => {
    const { open } = setup();
    const stream = open('a', 0.1, 1);
    expect(() => cascade([{ stream }])).toThrow('cascade: 1 stages; give at least two');
    expect(() => cascade([{ stream }, { stream }])).toThrow("cascade: 2 stages, stage 0 lacks 'next'");
    expect(() => cascade<Frame, number>([{ stream, next: (_, item) => item }, { stream, next: (_, item) => item }])).toThrow("stage 1 has 'next'");
  });
});
