import { CommanderError } from 'commander';
import { describe, expect, test } from 'vitest';
import { commands } from '../../sdk/cli/commands.ts';
import { errorLine, exitCodeOf } from '../../sdk/cli/exit-code.ts';
import { createProgram } from '../../sdk/cli/run-cli.ts';
import { progress } from '../../sdk/cli/output.ts';
import { DeviceError, ModelError, OptionError } from '../../sdk/core/errors.ts';
import { capture } from './capture.ts';

const none = { write: () => true };
const silent = { stdout: none, stderr: none };

/** Arguments of every command, families first, e.g. `['fleet']`, `['fleet', 'init']`. */
function paths(): string[][] {
  type Node = ReturnType<typeof createProgram>;
  const walk = (node: Node, path: string[]): string[][] => (
    [path, ...node.commands.flatMap((child) => walk(child, [...path, child.name()]))]
  );
  return walk(createProgram(silent), []).slice(1);
}

describe('frame', () => {
  test('every command has --help with an example; those that do something have --json and --debug', async () => {
    expect(paths().length).toBeGreaterThanOrEqual(commands.length);
    for (const path of paths()) {
      const { code, stdout, stderr } = await capture(...path, '--help');
      expect([path, code, stderr]).toEqual([path, 0, '']);
      expect(stdout).toMatch(new RegExp(`Examples?:\\n  \\$ halfbyte ${path.join(' ')}`));
      if (/^Commands:$/m.test(stdout)) continue;
      expect(stdout).toMatch(/--json/);
      expect(stdout).toMatch(/--debug/);
    }
  });

  test('--version is that of the package', async () => {
    expect((await capture('--version')).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  });

  test('commands have their own name once', () => {
    expect(new Set(createProgram(silent).commands.map((command) => command.name())).size).toBe(commands.length);
    expect(Object.isFrozen(commands)).toBe(true);
  });

  test.each<[string, string[], RegExp]>([
    ['an unknown command', ['rum'], /^halfbyte: unknown command 'rum' \(Did you mean run\?\) \(see halfbyte --help\)\n$/],
    ['an unknown option', ['run', 'x', '--imagee', 'y'], /^halfbyte: unknown option '--imagee' .*\(see halfbyte run --help\)\n$/],
    ['a missing argument', ['inspect'], /^halfbyte: missing required argument 'model' \(see halfbyte inspect --help\)\n$/],
    ['too many arguments', ['inspect', 'a', 'b'], /^halfbyte: too many arguments .*\n$/],
    ['a wrong number', ['run', 'x', '--threads', 'many'],
      /^halfbyte: option '--threads <N>' argument 'many' is invalid\. Allowed: a whole number from 1 to 16.*\n$/],
    ['a number out of range', ['bench', 'x', '--runs', '0'], /^halfbyte: .*'0' is invalid\. Allowed: a whole number from 1 to .*\n$/],
    ['a wrong choice', ['bench', 'x', '--kernel', 'scalar'], /^halfbyte: .*Allowed choices are auto, baseline, relaxed\..*\n$/],
    ['a mean that is no number', ['run', 'x', '--mean', '1,a'], /^halfbyte: .*one number, or one per channel.*\n$/],
  ])('%s: one line on standard error, exit code 2', async (_, args, message) => {
    const { code, stdout, stderr } = await capture(...args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(message);
  });

  test('no command at all shows the help as an error', async () => {
    const { code, stdout, stderr } = await capture();
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/^Usage: halfbyte/);
  });

  test('exit codes', () => {
    expect(exitCodeOf(new OptionError('x', 'x'))).toBe(2);
    expect(exitCodeOf(new OptionError('broken-image', 'x'))).toBe(1);
    expect(exitCodeOf(new ModelError('x', 'x'))).toBe(1);
    expect(exitCodeOf(new DeviceError('x', 'x'))).toBe(1);
    expect(exitCodeOf(new TypeError('x'))).toBe(1);
    expect(exitCodeOf(new CommanderError(0, 'commander.helpDisplayed', ''))).toBe(0);
    expect(exitCodeOf(new CommanderError(1, 'commander.unknownOption', ''))).toBe(2);
  });

  test('errors are one line', () => {
    expect(errorLine(new Error('a\n  b\n'))).toBe('halfbyte: a b');
    expect(errorLine('error: c')).toBe('halfbyte: c');
    expect(errorLine(new Error(''))).toBe('halfbyte: unknown error');
  });

  test('progress is for terminals only', () => {
    const written: string[] = [];
    const sink = { write: (text: string) => written.push(text) };
    progress({ stdout: sink, stderr: sink }, 'loading');
    expect(written).toEqual([]);
    progress({ stdout: sink, stderr: { ...sink, isTTY: true } }, 'loading');
    expect(written).toEqual(['\r\x1b[Kloading']);
  });
});
