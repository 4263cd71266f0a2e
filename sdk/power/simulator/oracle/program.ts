import type { Candidate } from '../../types.ts';
import type { Scenario } from '../scenario.ts';
import type { World } from '../world.ts';
import type { Frontier } from './frontier.ts';
import type { HeatLimits } from './heat-limits.ts';
import { LinearProgram } from './linear-program.ts';
import { ThermalRows, type Links } from './thermal-rows.ts';

/** What all programs of a world share. */
export interface Setting {
  readonly scenario: Scenario;
  readonly world: World;
  readonly candidates: readonly Candidate[];
  /** Undefined where the limit cannot matter. */
  readonly heat: HeatLimits | undefined;
  /** Joules. */
  readonly endCharge: number;
}

/** Slots in a row: the first begins with control slot `first`, each has `steps` of them. */
export interface Span {
  readonly frontiers: readonly Frontier[];
  readonly first: number;
  readonly steps: number;
  readonly links?: Links;
}

/** A program, and the columns of the energy of each of its slots. */
export interface Part {
  readonly program: LinearProgram;
  readonly frontiers: readonly Frontier[];
  readonly columnsOf: readonly (readonly number[])[];
  readonly thermal: ThermalRows | undefined;
  /** Column of the charge at the end, -1 without a battery. */
  readonly charge: number;
}

/** Slots as a program that begins with the charge at the start. */
export function partOf({ frontiers, first: begin, steps, links }: Span, { scenario, world, heat, endCharge }: Setting): Part {
  const { battery } = scenario;
  const { harvest, slotSeconds, slots } = world;
  const program = new LinearProgram();
  const thermal = heat ? new ThermalRows(program, heat, steps) : undefined;
  if (links?.begin) thermal?.beginAt(begin, links.begin);
  const columnsOf: number[][] = [];
  let before = -1;
  for (const [index, { least, worth, segments }] of frontiers.entries()) {
    const first = begin + index * steps;
    const columns = segments.map(({ price, joules }) => program.column(price, 0, joules));
    columnsOf.push(columns);
    program.offset += worth;
    if (battery) {
      const start = battery.capacity * battery.start;
      const last = index === frontiers.length - 1;
      const charge = program.column(0, last ? endCharge : 0, last ? endCharge : battery.capacity);
      const given = harvest.subarray(first, first + steps).reduce((sum, watts) => sum + watts, 0) * slotSeconds;
      for (const efficiency of given > 0 ? [1, battery.chargeEfficiency] : [1]) {
        const entries: (readonly [number, number])[] = [[charge, 1], ...columns.map((column) => [column, efficiency] as const)];
        if (index > 0) entries.push([before, -1]);
        program.row(-Infinity, efficiency * (given - least) + (index > 0 ? 0 : start), entries);
      }
      before = charge;
    }
    if (first + steps <= slots) thermal?.add(first, least, columns);
  }
  if (links?.end) thermal?.end(links.end);
  return { program, frontiers, columnsOf, thermal, charge: before };
}
