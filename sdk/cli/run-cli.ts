import { createRequire } from 'node:module';
import { Command, CommanderError } from 'commander';
import { commands } from './commands.ts';
import { errorLine, exitCodeOf } from './exit-code.ts';
import { example, progress } from './output.ts';
import type { CliContext } from './types.ts';

function family(command: Command): Command[] {
  return [command, ...command.commands.flatMap(family)];
}

function pathOf(command: Command): string {
  return command.parent ? `${pathOf(command.parent)} ${command.name()}` : command.name();
}

function version(): string {
  return (createRequire(import.meta.url)('halfbyte/package.json') as { version: string }).version;
}

/** The program with all commands of the registry; every command that does something has `--json` and `--debug`. */
export function createProgram(context: CliContext): Command {
  const program = new Command('halfbyte')
    .description('Runs quantized models with WASM SIMD kernels and ships them to fleets over MQTT.')
    .version(version())
    .addHelpText('after', example('halfbyte run model.tflite --image picture.jpg', 'halfbyte run --help'));
  for (const command of commands) command.register(program, context);
  for (const command of family(program)) {
    const known = new Set(command.options.map(({ long }) => long));
    if (command.commands.length === 0 && !known.has('--json')) command.option('--json', 'print one JSON object on standard output');
    if (command.commands.length === 0 && !known.has('--debug')) command.option('--debug', 'print stack traces of errors');
    command.exitOverride().configureOutput({
      writeOut: (text) => context.stdout.write(text),
      writeErr: (text) => context.stderr.write(text),
      outputError: (text) => context.stderr.write(`${errorLine(text)} (see ${pathOf(command)} --help)\n`),
    });
  }
  return program;
}

/**
 * Runs the command line `args` (without node and script).
 * @returns the exit code: 0 success, 1 failure, 2 wrong use; an error is one line on `context.stderr`
 */
export async function runCli(args: readonly string[], context: CliContext): Promise<number> {
  try {
    await createProgram(context).parseAsync([...args], { from: 'user' });
    return 0;
  } catch (error) {
    progress(context, '');
    if (!(error instanceof CommanderError)) {
      const trace = args.includes('--debug') && error instanceof Error ? error.stack : undefined;
      context.stderr.write(`${trace ?? errorLine(error)}\n`);
    }
    return exitCodeOf(error);
  }
}
