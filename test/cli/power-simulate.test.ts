import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { Governor } from '../../sdk/power/governor/governor.ts';
import { contenders } from '../../sdk/power/simulator/contenders.ts';
import type { PolicyResult } from '../../sdk/power/simulator/evaluate.ts';
import { celsius, observation, optionsOf } from '../power/governor/plant.ts';
import { capture } from './capture.ts';

const folder = mkdtempSync(join(tmpdir(), 'halfbyte-power-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe('power simulate', () => {
  it('gives the fields of the contract, the same for a seed', async () => {
    const args = ['power', 'simulate', '--board', 'zero-2w', '--days', '1', '--seed', '3', '--policy', 'gated-max', '--json'];
    const { code, stdout, stderr } = await capture(...args);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const { policies } = JSON.parse(stdout) as { policies: PolicyResult[] };
    expect(policies).toEqual([expect.objectContaining({
      name: 'gated-max', utility: expect.any(Number), oracleRatio: expect.any(Number), secondsOverLimit: expect.any(Number),
      missRate: expect.any(Number), brownoutHours: expect.any(Number), whPerDay: expect.any(Number),
    })]);
    expect((await capture(...args)).stdout).toBe(stdout);
  });

  it('takes a policy of the governor by its name, and by its full name where a baseline has the same', async () => {
    const of = async (policy: string): Promise<PolicyResult> => {
      const { stdout } = await capture('power', 'simulate', '--board', 'zero-2w', '--days', '1', '--policy', policy, '--json');
      return (JSON.parse(stdout) as { policies: PolicyResult[] }).policies[0]!;
    };
    expect(await of('price')).toEqual({ ...await of('governor'), name: 'governor-price' });
    expect(await of('governor-throttle-only')).not.toEqual({ ...await of('throttle-only'), name: 'governor-throttle-only' });
  });

  it('follows a trace and draws a page that loads nothing', async () => {
    const trace = join(folder, 'trace.csv');
    const html = join(folder, 'page.html');
    writeFileSync(trace, `seconds,ambient_c,solar_w,motion,weight,extra_heat_w\n${Array.from({ length: 24 }, (_, row) => `${row * 600},25,5,${row % 2},1,0`).join('\n')}\n`);
    const { code, stdout } = await capture('power', 'simulate', '--board', 'zero-2w', '--trace', trace, '--html', html);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^zero-2w-solar-always-on: .+\noffline bound \d+ s of worth\n\npolicy +utility +of bound +s over limit +s below min /);
    const page = readFileSync(html, 'utf8');
    for (const title of ['temperature', 'power', 'battery', 'chosen candidate', 'utility against the offline bound']) expect(page).toContain(`font-weight="bold">${title}`);
    for (const { name, description } of contenders) expect(page).toContain(`<li>${name}: ${description}</li>`);
    expect(page).not.toMatch(/NaN|Infinity|src=|href=|<script/);
  });

  it('follows the log of a governor', async () => {
    const log = join(folder, 'governor.jsonl');
    const lines: string[] = [];
    const governor = new Governor({ ...optionsOf({ slot: 60 }), log: (line) => void lines.push(line) });
    for (let time = 0; time <= 3600; time += 60) governor.decide(observation(time, [celsius(60)], { motion: time % 600 === 0 ? 1 : 0 }));
    writeFileSync(log, `${lines.join('\n')}\n`);
    const { code, stdout, stderr } = await capture('power', 'simulate', '--board', 'pi-4b-mains-heat', '--trace', log, '--policy', 'price', '--json');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const { seed, policies } = JSON.parse(stdout) as { seed: null; policies: PolicyResult[] };
    expect(seed).toBeNull();
    expect(policies).toMatchObject([{ name: 'governor-price', secondsOverLimit: 0, utility: expect.any(Number) }]);
    const refused = await capture('power', 'simulate', '--board', 'pi-4b', '--trace', log);
    expect(refused.code).toBe(2);
    expect(refused.stderr).toMatch(/governor\.jsonl: found no reading of harvest-power to be trusted; allowed: a log with it, or a scenario on mains with --board/);
  });

  it('gives no ratio where the charge leaves nothing to gain, and says why', async () => {
    const trace = join(folder, 'dark.csv');
    writeFileSync(trace, 'seconds,ambient_c,solar_w,motion,weight,extra_heat_w\n0,25,0,1,1,0\n600,25,0,0,1,0\n');
    const { stdout } = await capture('power', 'simulate', '--board', 'pi-4b', '--trace', trace, '--json');
    const { bound, solvable, obstacle, policies } = JSON.parse(stdout) as { bound: null; solvable: boolean; obstacle: string; policies: PolicyResult[] };
    expect({ bound, solvable, obstacle }).toEqual({ bound: null, solvable: false, obstacle: 'the battery cannot be as full at the end as at the start' });
    expect(policies.map(({ oracleRatio }) => oracleRatio)).toEqual(policies.map(() => null));
  });

  it.each([
    [['--board', 'pi-9'], /--board: found "pi-9"; allowed: pi-4b, pi-5, zero-2w, /],
    [['--board', 'pi-5', '--policy', 'best'], /--policy: found "best"; allowed: .*gated-max.* governor-pace, pace/],
    [['--board', 'pi-5', '--trace', join(folder, 'missing.csv')], /--trace '.+missing\.csv': cannot be read \(ENOENT\); pass the path of a file/],
    // Longer than a test may take: refused before the days are simulated.
    [['--board', 'pi-5', '--days', '365', '--html', join(folder, 'no', 'page.html')], /--html '.+': cannot be written \(ENOENT\); pass the path of a file/],
    [['--board', 'pi-5', '--trace', 't.csv', '--days', '1'], /--days: a trace has its own length/],
  ])('refuses %j', async (args, message) => {
    const { code, stderr } = await capture('power', 'simulate', ...args);
    expect(code).toBe(2);
    expect(stderr).toMatch(message);
  });
});
