import type { PolicyResult } from '../../sdk/power/simulator/evaluate.ts';

/** One policy over the seeds of a scenario. */
export interface Summary {
  readonly scenario: string;
  readonly policy: string;
  readonly seeds: number;
  readonly solvable: number;
  /** Over solvable seeds with a bound. */
  readonly meanRatio: number | null;
  readonly worstRatio: number | null;
  readonly secondsOverLimit: number;
  readonly secondsBelowMinimum: number;
  readonly brownoutHours: number;
  readonly missRate: number;
  readonly switchesPerMinute: number;
  readonly dynamicSaving: number;
}

export interface Run {
  readonly scenario: string;
  readonly seed: number;
  readonly solvable: boolean;
  readonly bound: number | null;
  readonly policies: readonly PolicyResult[];
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

export function summarize(runs: readonly Run[]): Summary[] {
  return [...new Set(runs.map(({ scenario }) => scenario))].flatMap((scenario) => {
    const own = runs.filter((run) => run.scenario === scenario);
    return own[0]!.policies.map(({ name }, index): Summary => {
      const results = own.map(({ policies }) => policies[index]!);
      const ratios = own.flatMap(({ solvable, policies }) => (solvable ? policies[index]!.oracleRatio ?? [] : []));
      return {
        scenario, policy: name, seeds: own.length, solvable: own.filter(({ solvable }) => solvable).length,
        meanRatio: ratios.length > 0 ? mean(ratios) : null,
        worstRatio: ratios.length > 0 ? Math.min(...ratios) : null,
        secondsOverLimit: Math.max(...results.map(({ secondsOverLimit }) => secondsOverLimit)),
        secondsBelowMinimum: Math.max(...results.map(({ secondsBelowMinimum }) => secondsBelowMinimum)),
        brownoutHours: Math.max(...results.map(({ brownoutHours }) => brownoutHours)),
        missRate: Math.max(...results.map(({ missRate }) => missRate)),
        switchesPerMinute: Math.max(...results.map(({ switchesPerMinute }) => switchesPerMinute)),
        dynamicSaving: mean(results.map(({ dynamicSaving }) => dynamicSaving)),
      };
    });
  });
}
