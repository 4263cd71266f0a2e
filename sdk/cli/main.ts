#!/usr/bin/env node
import { errorLine } from './exit-code.ts';
import { runCli } from './run-cli.ts';

for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', ({ code, message }: NodeJS.ErrnoException) => {
    if (code === 'EPIPE') process.exit();
    if (stream === process.stdout) process.stderr.write(`${errorLine(`standard output: cannot be written (${code ?? message}); free some room, or send it elsewhere`)}\n`);
    process.exit(1);
  });
}
process.exitCode = await runCli(process.argv.slice(2), process);
