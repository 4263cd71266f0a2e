import type { AgentCommandOptions } from './agent/run-agent.ts';
import { integer } from './options.ts';
import { example } from './output.ts';
import type { CliCommand } from './types.ts';

/** The device's side of updates. */
export const agent: CliCommand = {
  register(program, context) {
    program
      .command('agent')
      .description('Keep a proven model on this device: download, verify, self-test, switch, report, roll back. With --json one event a line.')
      .requiredOption('--dir <DIR>', 'directory of this agent alone; root.json of the fleet must be in it, or be given with --root')
      .requiredOption('--broker <URL>', 'MQTT broker')
      .option('--id <ID>', 'name of this device: 1 to 36 letters, digits and . _ - (default: the host name)')
      .option('--root <FILE>', 'root.json of the fleet, pinned at the first start')
      .option('--class <NAME>', 'class of this device', 'default')
      .option('--channel <NAME>', 'channel to follow', 'stable')
      .option('--threads <N>', 'worker threads of the model (default: as many as measure fastest, at most 4)', integer(1, 16))
      .addHelpText('after', example(
        'halfbyte agent --dir /var/lib/halfbyte --broker mqtt://192.168.1.10:1883 --root root.json',
        'halfbyte agent --dir device --broker mqtt://127.0.0.1:1883 --id camera-7 --json',
      ))
      .action(async (options: AgentCommandOptions) => {
        const { runAgent } = await import('./agent/run-agent.ts');
        await runAgent(options, context);
      });
  },
};
