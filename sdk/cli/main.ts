#!/usr/bin/env node
import { errorLine } from './exit-code.ts';
import { runCli } from './run-cli.ts';

let outlivesReaders = false;
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', ({ code, message }: NodeJS.ErrnoException) => {
    if (outlivesReaders) return;
    if (code === 'EPIPE') process.exit();
    if (stream === process.stdout) process.stderr.write(`${errorLine(`standard output: cannot be written (${code ?? message}); free some room, or send it elsewhere`)}\n`);
    process.exit(1);
  });
}
const { stdout, stderr } = process;
process.exitCode = await runCli(process.argv.slice(2), { stdout, stderr, outliveReaders: () => { outlivesReaders = true; } });
