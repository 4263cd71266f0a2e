import { integer } from './options.ts';
import { example } from './output.ts';
import type { InitOptions } from './fleet/init.ts';
import type { PublishOptions } from './fleet/publish.ts';
import type { ServeOptions } from './fleet/serve.ts';
import type { StatusOptions } from './fleet/status.ts';
import type { CliCommand } from './types.ts';

const BROKER = ['--broker <URL>', 'MQTT broker', 'mqtt://127.0.0.1:1883'] as const;
const DIRECTORY = ['--dir <DIR>', 'fleet directory made by `fleet init`', '.'] as const;

/** The publisher's side of updates. */
export const fleet: CliCommand = {
  register(program, context) {
    // `--version` belongs to `fleet publish` when it stands behind it.
    program.enablePositionalOptions();
    const family = program
      .command('fleet')
      .description('Sign models and ship them to devices over MQTT.')
      .addHelpText('after', example(
        'halfbyte fleet init my-fleet',
        'halfbyte fleet serve --dir my-fleet',
        'halfbyte fleet publish model.tflite --name person --version 1.0 --dir my-fleet',
        'halfbyte fleet status --dir my-fleet',
      ));
    family
      .command('init')
      .description('Make the keys and the trust root of a fleet in a new directory.')
      .argument('<DIR>', 'directory; keys in it are never overwritten')
      .option('--tenant <NAME>', 'first part of all topics', 'fleet')
      .addHelpText('after', example('halfbyte fleet init my-fleet --tenant acme'))
      .action(async (directory: string, options: InitOptions) => {
        const { init } = await import('./fleet/init.ts');
        await init(directory, options, context);
      });
    family
      .command('serve')
      .description('Run the controller: offer what is published, send chunks, watch devices. With --json one event a line.')
      .option(...DIRECTORY)
      .option('--broker <URL>', 'MQTT broker (default: one inside this process)')
      .option('--host <ADDRESS>', 'address of the broker inside; it asks for no credentials: trusted networks only', '127.0.0.1')
      .option('--port <N>', 'port of the broker inside', integer(0, 65_535), 1883)
      .option('--rate <BYTES>', 'bytes of chunks sent each second', integer(1024, 10 ** 10), 8 << 20)
      .addHelpText('after', example('halfbyte fleet serve --dir my-fleet', 'halfbyte fleet serve --dir my-fleet --broker mqtt://broker.example:1883'))
      .action(async (options: ServeOptions) => {
        const { serve } = await import('./fleet/serve.ts');
        await serve(options, context);
      });
    family
      .command('publish')
      .description('Sign a model and announce it. The same once more is no new release: its signature is renewed and it is announced again.')
      .argument('<model>', 'model file')
      .requiredOption('--name <NAME>', 'name of the model')
      .requiredOption('--version <VERSION>', 'version shown to people')
      .option('--channel <NAME>', 'channel of the devices that get it', 'stable')
      .option('--class <NAME>', 'class of the devices that get it', 'default')
      .option('--expires <DAYS>', 'days that the signature is accepted', integer(1, 3650), 365)
      .option(...DIRECTORY)
      .option(...BROKER)
      .addHelpText('after', example('halfbyte fleet publish model.tflite --name person --version 2.0 --dir my-fleet'))
      .action(async (model: string, options: PublishOptions) => {
        const { publish } = await import('./fleet/publish.ts');
        await publish(model, options, context);
      });
    family
      .command('status')
      .description('Show what every device runs, from the reports that the broker keeps.')
      .option(...DIRECTORY)
      .option(...BROKER)
      .addHelpText('after', example('halfbyte fleet status --dir my-fleet', 'halfbyte fleet status --dir my-fleet --json'))
      .action(async (options: StatusOptions) => {
        const { status } = await import('./fleet/status.ts');
        await status(options, context);
      });
  },
};
