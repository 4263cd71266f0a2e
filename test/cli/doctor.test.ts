import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { genericLinux } from '../../devices/boards/generic-linux.ts';
import { pi4B } from '../../devices/boards/pi-4b.ts';
import { piZero2W } from '../../devices/boards/pi-zero-2-w.ts';
import { hardwareOf } from '../../sdk/cli/doctor/known-board.ts';
import { linuxFacts } from '../../sdk/cli/doctor/linux.ts';
import { missingThings } from '../../sdk/cli/doctor/missing.ts';
import { formatSensors, sensorReport } from '../../sdk/cli/doctor/sensors.ts';
import { wasmFeatures } from '../../sdk/cli/doctor/wasm-features.ts';
import { candidatesOf } from '../../sdk/power/candidates.ts';
import { Governor } from '../../sdk/power/governor/governor.ts';
import type { Reading } from '../../sdk/power/types.ts';
import { capture } from './capture.ts';

const all = { simd: true, relaxedSimd: true, threads: true };
const linux = { board: null, maskedDeviceTree: false, dotprod: false, memoryLimitBytes: null, thermalZones: [], closedFirmware: false };
const thermometer: Reading = { quantity: 'soc-temperature', value: 40, unit: 'celsius', source: 'cpu-thermal', age: 0, trust: 0.9 };

describe('doctor', () => {
  test('reports this machine', async () => {
    const { code, stdout, stderr } = await capture('doctor', '--json');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const facts = JSON.parse(stdout) as { candidates: { dot: string }[]; dot: string };
    expect(facts).toMatchObject({ ok: true, node: process.versions.node, arch: process.arch, wasm: { simd: true, threads: true } });
    expect(facts.candidates.map(({ dot }) => dot)).toContain(facts.dot);
    expect(facts).toMatchObject({ knownBoard: { name: expect.any(String), power: { source: expect.any(String) } }, sensors: { found: expect.any(Array), missing: expect.any(Array) } });
    const text = (await capture('doctor')).stdout;
    expect(text).toMatch(/\nkernels +(baseline|relaxed), dot product /);
    expect(text).toMatch(/\nknown as +.+ \([\d.]+ W idle, [\d.]+ W a busy core, at most \d+ °C/);
    expect(text).toMatch(/\nSensors:\n/);
  });

  test('tells the hardware of a known board', () => {
    expect(hardwareOf(pi4B)).toBe('4x Cortex-A72, 600 to 1800 MHz, sold with 1, 2, 4 or 8 GiB, memcpy 2.2 GB/s');
    expect(hardwareOf(genericLinux)).toBeUndefined();
  });

  const complete = { wasm: all, linux, cpus: Infinity, board: piZero2W, found: [thermometer] };

  test('nothing is missing on a complete machine', () => {
    expect(missingThings(complete)).toEqual([]);
  });

  test.each([
    [pi4B, /^without one the governor acts for 45 °C around, in which this board \(Raspberry Pi 4B\) only idles$/, /maxAmbient .+ hot: at 42 and below it works$/],
    [genericLinux, /only idles$/, /at 37 and below it works$/],
    [piZero2W, /acts for 45 °C around$/, /maxAmbient where it never gets that hot$/],
  ])('without a thermometer says what the governor does on $name, as it does', (board, why, how) => {
    const [missing] = missingThings({ ...complete, board, found: [] });
    expect(missing).toMatchObject({ what: 'a temperature sensor', required: false, why: expect.stringMatching(why) as string, how: expect.stringMatching(how) as string });
    const power = board.power.value;
    const candidates = candidatesOf({ variants: [{ name: 'small', accuracy: 0.5, latency: [0.02] }], power, cores: 1, rates: [1], deadline: 1 });
    const variantAt = (maxAmbient?: number): number => {
      const governor = new Governor({ board: { power, thermal: board.thermal.value }, candidates, worth: { dwell: 1, scan: 0.02 }, ...(maxAmbient !== undefined && { maxAmbient }) });
      return governor.step({ motion: 1 }).candidate.variant;
    };
    expect(variantAt()).toBe(why.source.includes('idles') ? -1 : 0);
    expect(variantAt(Number(/at (\d+) and/.exec(missing!.how)?.[1] ?? 45))).toBe(0);
  });

  test('a thermometer that is not trusted is none; the zones seen are named', () => {
    const [missing] = missingThings({ ...complete, found: [{ ...thermometer, trust: 0 }], linux: { ...linux, thermalZones: [{ type: 'acpitz', celsius: 27.8 }] } });
    expect(missing).toMatchObject({
      what: 'a temperature sensor', why: expect.stringMatching(/^of the thermal zones \(acpitz\) none shows/) as string, how: expect.stringMatching(/^state maxAmbient/) as string,
    });
  });

  test('says what is missing, why it matters and how to get it', () => {
    const nothing = { simd: false, relaxedSimd: false, threads: false };
    const required = missingThings({ ...complete, wasm: nothing }).filter((missing) => missing.required);
    expect(required.map(({ what }) => what)).toEqual(['WebAssembly SIMD', 'WebAssembly threads']);
    expect(missingThings({ ...complete, wasm: { ...all, relaxedSimd: false }, linux: { ...linux, dotprod: true } })[0]).toMatchObject({
      what: 'relaxed SIMD', how: 'run Node 22 or newer', required: false,
    });
    expect(missingThings({ ...complete, cpus: 0.5 })[0]?.why).toMatch(/0\.50 CPUs/);
    expect(missingThings({ ...complete, linux: { ...linux, closedFirmware: true } })[0]).toMatchObject({
      what: 'access to /dev/vcio', how: 'sudo usermod -aG video $USER, then log in again',
    });
    expect(missingThings({ ...complete, linux: { ...linux, board: 'Raspberry Pi Zero 2 W Rev 1.0', maskedDeviceTree: true } })[0]).toMatchObject({
      what: 'the device tree', why: 'this container is not shown it: the board is known as Raspberry Pi Zero 2 W, by /proc/cpuinfo',
      how: expect.stringMatching(/^start the container with -v \S+:\/device-tree:ro, or with --security-opt systempaths=unconfined$/) as string,
    });
  });

  test('the probes are valid modules: every supported Node has SIMD and threads', () => {
    expect(wasmFeatures()).toMatchObject({ simd: true, threads: true });
  });
});

describe('board below a folder', () => {
  let root = '';
  const write = (path: string, text: string): void => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  };
  beforeAll(() => {
    root = mkdtempSync(join(tmpdir(), 'halfbyte-board-'));
    write('proc/device-tree/model', 'Raspberry Pi 5 Model B Rev 1.0\0');
    write('proc/cpuinfo', 'processor\t: 0\nFeatures\t: fp asimd evtstrm asimdhp asimddp\n');
    write('sys/class/thermal/thermal_zone0/type', 'cpu-thermal\n');
    write('sys/class/thermal/thermal_zone0/temp', '47250\n');
    write('sys/class/thermal/thermal_zone1/type', 'broken\n');
    write('sys/class/thermal/thermal_zone1/temp', 'n/a\n');
    write('sys/fs/cgroup/memory.max', '268435456\n');
    write('dev/vcio', '');
  });
  afterAll(() => rmSync(root, { recursive: true, force: true }));

  test('reads device tree, features, temperature and memory limit', () => {
    expect(linuxFacts(root)).toEqual({
      board: 'Raspberry Pi 5 Model B Rev 1.0',
      maskedDeviceTree: false,
      dotprod: true,
      memoryLimitBytes: 268_435_456,
      thermalZones: [{ type: 'cpu-thermal', celsius: 47.25 }],
      closedFirmware: false,
    });
  });

  test('shows each sensor with its value, trust and source, and what would give more', async () => {
    const report = await sensorReport(root);
    expect(report.found.find(({ quantity }) => quantity === 'soc-temperature')).toEqual({
      quantity: 'soc-temperature', value: 47.25, unit: 'celsius', source: '/sys/class/thermal/thermal_zone0/temp (cpu-thermal)', age: 0, trust: 0.9,
    });
    const text = formatSensors(report);
    expect(text).toMatch(/\n {2}soc-temperature +47\.3 °C +trust 0\.90 {2}\/sys\/class\/thermal\/thermal_zone0\/temp \(cpu-thermal\)\n/);
    expect(text).toMatch(/\nSensors not found:\n(.*\n)* {2}CPU pressure: .*\n {4}add psi=1 /);
  });

  test('the memory limit of a service is below its own path', () => {
    write('proc/self/cgroup', '0::/system.slice/camera.service\n');
    write('sys/fs/cgroup/system.slice/camera.service/memory.max', '134217728\n');
    expect(linuxFacts(root)).toMatchObject({ memoryLimitBytes: 134_217_728 });
    rmSync(join(root, 'proc/self'), { recursive: true });
  });

  test('no limit, no features', () => {
    write('sys/fs/cgroup/memory.max', 'max\n');
    write('proc/cpuinfo', 'Features\t: fp asimd\n');
    expect(linuxFacts(root)).toMatchObject({ dotprod: false, memoryLimitBytes: null });
  });

  test('an empty folder has nothing', () => {
    expect(linuxFacts(join(root, 'dev'))).toEqual({ board: null, maskedDeviceTree: false, dotprod: false, memoryLimitBytes: null, thermalZones: [], closedFirmware: false });
  });
});
