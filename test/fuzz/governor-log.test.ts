import fc from 'fast-check';
import { expect, test } from 'vitest';
import { OptionError } from '../../sdk/core/errors.ts';
import { Governor, replay } from '../../sdk/power/governor/governor.ts';
import { traceOfLog } from '../../sdk/power/simulator/log-trace.ts';
import { CANDIDATES, celsius, observation, optionsOf, reading } from '../power/governor/plant.ts';

const runs = process.env['HALFBYTE_FUZZ'] === 'full' ? 20_000 : 1_000;

const lines: string[] = [];
const resume = { memory: new Governor(optionsOf()).memory(), seconds: 300 };
const governor = new Governor(optionsOf({ battery: { capacity: 72_000 }, candidates: CANDIDATES.slice(0, 8), resume, log: (line) => void lines.push(line) }));
for (let slot = 0; slot < 6; slot++) governor.decide(observation(5 * slot, [celsius(40 + slot), reading('battery-charge', 0.5)]));

function orRefuse(work: () => void): void {
  try {
    work();
  } catch (error) {
    expect(error).toBeInstanceOf(OptionError);
  }
}

/** What is no log is refused; nothing else is thrown, each line that is replayed gives a decision, and traces have numbers in order of time. */
function replayOrRefuse(log: readonly string[]): void {
  orRefuse(() => {
    const { decisions, logged } = replay(log);
    expect(decisions).toHaveLength(logged.length);
    expect(decisions.every(Number.isInteger)).toBe(true);
  });
  orRefuse(() => {
    const { rows, end } = traceOfLog(log, 'log', false);
    expect(end).toBeGreaterThan(rows.at(-1)!.seconds);
    rows.forEach((row, index) => expect(row.seconds > (rows[index - 1]?.seconds ?? -1) && Object.values(row).every(Number.isFinite)).toBe(true));
  });
}

test('logs with other characters, and cut ones, are replayed or refused', () => {
  const edit = fc.record({ line: fc.nat(lines.length - 1), at: fc.nat(4000), text: fc.constantFrom('', '"', '{', '}', '[', ']', ',', '0', '-', '1e999', 'null', '\\', '\u0000', '{"log":"halfbyte-governor"') });
  fc.assert(fc.property(fc.array(edit, { minLength: 1, maxLength: 3 }), fc.boolean(), (edits, cut) => {
    const log = [...lines];
    for (const { line, at, text } of edits) log[line] = log[line]!.slice(0, at % log[line]!.length) + text + (cut ? '' : log[line]!.slice((at % log[line]!.length) + 1));
    replayOrRefuse(log);
  }), { numRuns: runs, seed: 1 });
});

test('logs with other values are replayed or refused', () => {
  const value = fc.oneof(fc.constantFrom(null, -1, 0, 1e308, 0.5, '', 'price', true, [], {}, [null], [{}], { poles: [] }, { poles: [null] }, { seconds: 1 }, { memory: null, seconds: 1 }), fc.jsonValue({ maxDepth: 2 }));
  const names = [...new Set(lines.flatMap((line) => Object.keys(JSON.parse(line) as object)))];
  fc.assert(fc.property(fc.nat(lines.length - 1), fc.constantFrom(...names), value, (line, name, other) => {
    replayOrRefuse(lines.map((text, index) => (index === line ? JSON.stringify({ ...JSON.parse(text) as object, [name]: other }) : text)));
  }), { numRuns: runs, seed: 2 });
});
