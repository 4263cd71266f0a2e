import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { boardIdentity, isRaspberryPi } from '../../devices/device-tree.ts';
import { detectBoard } from '../../devices/detect-board.ts';
import { boards } from '../../devices/boards/index.ts';
import { piZero2W } from '../../devices/boards/pi-zero-2-w.ts';
import { advancePoles, settledRise } from '../../sdk/power/thermal.ts';
import { Tree, trees } from './tree.ts';

function detected(model: string, ...compatible: readonly string[]): string {
  using tree = new Tree({ 'proc/device-tree/model': `${model}\0`, 'proc/device-tree/compatible': compatible.map((name) => `${name}\0`).join('') });
  return detectBoard(tree.root).name;
}

describe('boards', () => {
  it.each([
    ['Raspberry Pi Zero 2 W', 'Raspberry Pi Zero 2 W Rev 1.0', 'raspberrypi,model-zero-2-w'],
    ['Raspberry Pi 3B+', 'Raspberry Pi 3 Model B Plus Rev 1.3', 'raspberrypi,3-model-b-plus'],
    ['Raspberry Pi 4B', 'Raspberry Pi 4 Model B Rev 1.5', 'raspberrypi,4-model-b'],
    ['Raspberry Pi Compute Module 4', 'Raspberry Pi Compute Module 4 Rev 1.1', 'raspberrypi,4-compute-module'],
    ['Raspberry Pi 5', 'Raspberry Pi 5 Model B Rev 1.1', 'raspberrypi,5-model-b'],
    ['Raspberry Pi Compute Module 5', 'Raspberry Pi Compute Module 5 Rev 1.0', 'raspberrypi,5-compute-module'],
    ['Orange Pi Zero 3', 'OrangePi Zero3', 'xunlong,orangepi-zero3'],
    ['Orange Pi Zero 3', 'OrangePi Zero3', 'allwinner,sun50iw9'],
    ['Radxa Zero 3W', 'Radxa ZERO 3W', 'radxa,zero-3w'],
    ['BeagleBone AI-64', 'BeagleBoard.org BeagleBone AI-64', 'beagle,j721e-beagleboneai64'],
    ['generic Linux', 'Raspberry Pi 3 Model B Rev 1.2', 'raspberrypi,3-model-b'],
    ['generic Linux', 'Milk-V DuoS', 'milkv,duos'],
  ])('%s is known by its device tree (%s)', (name, model, compatible) => {
    expect(detected(model, compatible, 'vendor,processor')).toBe(name);
  });

  it('is found where only sysfs shows the device tree, and generic without one', () => {
    using tree = new Tree({ 'sys/firmware/devicetree/base/compatible': 'raspberrypi,5-model-b\0brcm,bcm2712\0' });
    expect(detectBoard(tree.root).name).toBe('Raspberry Pi 5');
    using x86 = new Tree(trees.x86);
    expect(detectBoard(x86.root).name).toBe('generic Linux');
  });

  it.each([
    ['Raspberry Pi Zero 2 W', 'Raspberry Pi Zero 2 W Rev 1.0'], ['Raspberry Pi 3B+', 'Raspberry Pi 3 Model B Plus Rev 1.3'], ['Raspberry Pi 4B', 'Raspberry Pi 4 Model B Rev 1.5'],
    ['Raspberry Pi Compute Module 4', 'Raspberry Pi Compute Module 4 Rev 1.1'], ['Raspberry Pi 5', 'Raspberry Pi 5 Model B Rev 1.0'],
    ['Raspberry Pi Compute Module 5', 'Raspberry Pi Compute Module 5 Lite Rev 1.0'], ['generic Linux', 'Raspberry Pi 3 Model B Rev 1.2'], ['generic Linux', 'Raspberry Pi 400 Rev 1.0'],
  ])('%s in a container that masks the device tree, by /proc/cpuinfo (%s)', (name, model) => {
    using tree = new Tree({ 'proc/cpuinfo': `processor\t: 0\nFeatures\t: fp asimd\n\nRevision\t: c03114\nSerial\t\t: 1\nModel\t\t: ${model}\n` });
    mkdirSync(join(tree.root, 'sys/firmware'), { recursive: true });
    symlinkSync('../sys/firmware/devicetree/base', join(tree.root, 'proc/device-tree'));
    expect([detectBoard(tree.root).name, boardIdentity(tree.root)]).toEqual([name, { model, compatible: [], masked: true }]);
    expect(isRaspberryPi(tree.root)).toBe(true);
    tree.write({ 'device-tree/model': `${model}\0`, 'device-tree/compatible': 'raspberrypi,5-model-b\0' });
    expect([detectBoard(tree.root).name, boardIdentity(tree.root).masked]).toEqual(['Raspberry Pi 5', false]);
  });

  it('never throws, whatever the device tree is', () => {
    fc.assert(fc.property(fc.string(), fc.uint8Array(), fc.boolean(), (model, compatible, folder) => {
      using tree = new Tree({ 'proc/device-tree/model': model });
      if (folder) mkdirSync(join(tree.root, 'proc/device-tree/compatible'));
      else tree.write({ 'proc/device-tree/compatible': Buffer.from(compatible).toString('latin1') });
      expect(boards).toContain(detectBoard(tree.root));
    }), { numRuns: 50 });
  });

  it.each(boards.map((board) => [board.name, board] as const))('%s: every parameter is possible and says where it comes from', (_name, board) => {
    expect(board.cores).toBeGreaterThan(0);
    expect(board.clocks.value).toEqual([...board.clocks.value].sort((a, b) => a - b));
    expect(board.clocks.value.every((clock) => clock >= 4e8 && clock <= 3e9)).toBe(true);
    const { power, thermal, bandwidth } = board;
    expect(power.value.core > 0 && power.value.idle > 0 && (power.value.off ?? 0) < power.value.idle && bandwidth.value >= 1e9).toBe(true);
    expect(thermal.value.poles.map(({ seconds }) => seconds)).toEqual(thermal.value.poles.map(({ seconds }) => seconds).sort((a, b) => a - b));
    expect(thermal.value.poles).toHaveLength(2);
    // Idle must be sustainable in a room, or no action at all is safe.
    expect(25 + settledRise(thermal.value.poles, power.value.idle)).toBeLessThan(thermal.value.limit);
    for (const parameter of [board.clocks, bandwidth, power, thermal]) expect(parameter.source.length).toBeGreaterThan(5);
    for (const parameter of [board.clocks, bandwidth, power, thermal]) if (/not measured|^as /.test(parameter.source)) expect(parameter.verified).toBe(false);
  });

  it('the Zero 2 W heats as its source measured, within 2.5 K', () => {
    const { thermal: { value: { poles } }, power: { value: { core } } } = piZero2W;
    const rise = (cores: number, seconds: number): number => {
      const state = new Float64Array(poles.length);
      advancePoles(poles, state, cores * core, seconds, state);
      return state.reduce((sum, kelvin) => sum + kelvin, 0);
    };
    // From 47 C idle: 80 C on 4 and on 3 cores, 70 and 73 C on 2.
    const measured: readonly (readonly [number, number, number])[] = [[4, 210, 33], [3, 430, 33], [2, 2400, 23], [2, 12_000, 26]];
    for (const [cores, seconds, kelvin] of measured) expect(Math.abs(rise(cores, seconds) - kelvin)).toBeLessThan(2.5);
  });
});
