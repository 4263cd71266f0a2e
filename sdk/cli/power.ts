import { integer } from './options.ts';
import { example } from './output.ts';
import type { CliCommand } from './types.ts';
import type { SimulateOptions } from './power/simulate-policies.ts';

/** Decisions about heat and energy. */
export const power: CliCommand = {
  name: 'power',
  register(program, context) {
    const group = program
      .command('power')
      .description('Decisions about heat and energy.')
      .addHelpText('after', example('halfbyte power simulate --board pi-4b', 'halfbyte power simulate --help'));
    group
      .command('simulate')
      .description('Run policies through simulated days of a board and compare them with an offline bound.')
      .requiredOption('--board <NAME>', 'board, or one of its scenarios')
      .option('--trace <FILE>', 'CSV of what happens: seconds,ambient_c,solar_w,motion,weight,extra_heat_w')
      .option('--policy <NAME>', 'only this one: governor, one of its policies (price, pace, governor-<policy>) or a baseline')
      .option('--days <N>', 'simulated days', integer(1, 365))
      .option('--seed <N>', 'seed of weather, motion and delays', integer(0, 1_000_000_000), 1)
      .option('--html <FILE>', 'write a page with charts')
      .addHelpText('after', example('halfbyte power simulate --board pi-4b', 'halfbyte power simulate --board zero-2w-solar-always-on --days 2 --json'))
      .action(async (options: SimulateOptions) => {
        const { simulatePolicies } = await import('./power/simulate-policies.ts');
        await simulatePolicies(options, context);
      });
  },
};
