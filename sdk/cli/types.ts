import type { Command } from 'commander';

/** Where a command writes: results to `stdout`, progress and errors to `stderr`. */
export interface CliContext {
  readonly stdout: { write(text: string): unknown };
  readonly stderr: { write(text: string): unknown; readonly isTTY?: boolean };
  /** Told by commands that go on where nobody can read any more what they write. */
  outliveReaders?(): void;
}

/**
 * One command. `register` declares its options and an example on `program`; its action loads the implementation with `await import()`.
 * The frame adds `--json` and `--debug` to every command that does not declare them, and turns errors into exit codes.
 */
export interface CliCommand {
  register(program: Command, context: CliContext): void;
}
