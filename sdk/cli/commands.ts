import { agent } from './agent.ts';
import { bench } from './bench.ts';
import { doctor } from './doctor.ts';
import { fleet } from './fleet.ts';
import { inspect } from './inspect.ts';
import { power } from './power.ts';
import { run } from './run.ts';
import type { CliCommand } from './types.ts';

/** All commands, in the order of `--help`. */
export const commands: readonly CliCommand[] = Object.freeze([run, inspect, bench, fleet, agent, power, doctor]);
