import { describe, expect, test } from 'vitest';
import { parseCpuList } from './cores.ts';
import { selectNets } from './nets.ts';
import { parseBenchOptions } from './options.ts';

describe('bench options', () => {
  test('defaults: every engine, one and two threads, Node 20 and 24, several rounds', () => {
    const options = parseBenchOptions([])!;
    expect(options).toMatchObject({ nets: undefined, threads: [1, 2], nodes: [20, 24], rounds: 3 });
    expect([...new Set(options.peers.map(({ family }) => family))]).toEqual(['halfbyte', 'litert', 'tfjs', 'ort-web', 'ort-node']);
  });

  test('halfbyte is always measured, beside the engines asked for', () => {
    const idsOf = (...args: string[]): string[] => parseBenchOptions(args)!.peers.map(({ id }) => id);
    expect(idsOf('--peers', 'tfjs')).toEqual(['halfbyte', 'halfbyte-run', 'tfjs']);
    expect(idsOf('--skip-peers')).toEqual(['halfbyte', 'halfbyte-run']);
  });

  test('--quick is one round', () => {
    expect(parseBenchOptions(['--quick', '--nets', 'a, b', '--threads', '2', '--nodes', '24'])).toMatchObject({
      rounds: 1, nets: ['a', 'b'], threads: [2], nodes: [24],
    });
    expect(parseBenchOptions(['--help'])).toBeUndefined();
  });

  test.each([
    [['--threads', '1,x'], /--threads: 'x' is invalid; allowed: whole numbers from 1 to 16/],
    [['--nodes', '18'], /--nodes: '18' is invalid; allowed: whole numbers from 20/],
    [['--peers', 'tfjs,nobody'], /--peers: 'nobody' is unknown; allowed: litert, tfjs, ort-web, ort-node/],
    [['--fast'], /Unknown option '--fast'/],
  ])('%j is refused', (args, message) => {
    expect(() => parseBenchOptions(args)).toThrow(message);
  });

  test('nets are known by name', () => {
    const paths = selectNets(['conv-1x1', 'classifier-v1']).map(({ path }) => path);
    expect(paths).toEqual(['test/fixtures/conv-1x1.tflite', 'test/fixtures/classifier-v1.tflite']);
    expect(selectNets(undefined).length).toBeGreaterThan(3);
    expect(() => selectNets(['nothing'])).toThrow(/--nets: 'nothing' is not at hand; allowed: .*classifier-v1/);
  });

  test('lists of cores', () => {
    expect(parseCpuList('0-2,5\n')).toEqual([0, 1, 2, 5]);
    expect(parseCpuList('7')).toEqual([7]);
  });
});
