import { integer } from './options.ts';
import { example } from './output.ts';
import type { CliCommand } from './types.ts';
import type { CalibrateOptions } from './power/calibrate-directory.ts';
import type { SimulateOptions } from './power/simulate-policies.ts';

/** Decisions about heat and energy. */
export const power: CliCommand = {
  register(program, context) {
    const group = program
      .command('power')
      .description('Decisions about heat and energy.')
      .addHelpText('after', example('halfbyte power simulate --board pi-4b', 'halfbyte power simulate --help'));
    group
      .command('simulate')
      .description('Run policies through simulated days of a board and compare them with an offline bound.')
      .requiredOption('--board <NAME>', 'board, or one of its scenarios')
      .option('--trace <FILE>', 'what happens: the log of a governor, or CSV: seconds,ambient_c,solar_w,motion,weight,extra_heat_w')
      .option('--policy <NAME>', 'only this one: governor, one of its policies (price, pace, governor-<policy>) or a baseline')
      .option('--days <N>', 'simulated days', integer(1, 365))
      .option('--seed <N>', 'seed of weather, motion and delays', integer(0, 1_000_000_000), 1)
      .option('--html <FILE>', 'write a page with charts')
      .addHelpText('after', example('halfbyte power simulate --board pi-4b', 'halfbyte power simulate --board zero-2w-solar-always-on --days 2 --json'))
      .action(async (options: SimulateOptions) => {
        const { simulatePolicies } = await import('./power/simulate-policies.ts');
        await simulatePolicies(options, context);
      });
    group
      .command('calibrate')
      .description('Measure model variants and the heat of this board, and store them as its profile; a stored one that fits is shown.')
      .argument('<directory>', 'directory of model files with a variants.json')
      .option('--profile <FILE>', 'file of the profile (default: board-profile.json in the directory)')
      .option('--seconds <N>', 'seconds it may take', integer(1, 30), 30)
      .addHelpText('after', example('halfbyte power calibrate models', 'halfbyte power calibrate models --profile /var/lib/halfbyte/profile.json --json'))
      .action(async (directory: string, options: CalibrateOptions) => {
        const { calibrateDirectory } = await import('./power/calibrate-directory.ts');
        await calibrateDirectory(directory, options, context);
      });
  },
};
