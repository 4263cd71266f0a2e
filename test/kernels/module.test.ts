import { describe, expect, it } from 'vitest';
import { Conv2dF32Params, Conv2dParams, Kernel, PeakMacs, WindowFields } from '../../kernels/abi.ts';
import { machineOf, moduleBytes, modules } from './harness.ts';

const SECTION = { type: 1, import: 2, function: 3, table: 4, memory: 5, global: 6, export: 7, start: 8, element: 9, data: 11 } as const;
const MAX_BYTES = 65_536;

/** Sections of a WebAssembly module by id (WebAssembly Core Specification, section 5.5), and a reader of LEB128 numbers. */
function parse(bytes: Uint8Array) {
  let at = 8;
  const readNumber = (): number => {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = bytes[at++]!;
      value |= (byte & 0x7f) << shift;
      if (byte < 0x80) return value >>> 0;
    }
  };
  const sections = new Map<number, number>();
  while (at < bytes.length) {
    const id = bytes[at++]!;
    const size = readNumber();
    sections.set(id, at);
    at += size;
  }
  return {
    sections,
    seek: (section: number): number => {
      at = sections.get(section)!;
      return readNumber();
    },
    readNumber,
    readByte: () => bytes[at++]!,
    readName: () => {
      const length = readNumber();
      at += length;
      return Buffer.from(bytes.subarray(at - length, at)).toString();
    },
  };
}

/** Types as text by index, and the type of each exported function. Only the memory is imported, so function indices start at 0. */
function exportedTypes(bytes: Uint8Array): Map<string, string> {
  const module = parse(bytes);
  const types = Array.from({ length: module.seek(SECTION.type) }, () => {
    expect(module.readByte()).toBe(0x60);
    const list = (): string => Array.from({ length: module.readNumber() }, () => module.readByte().toString(16)).join();
    return `${list()} -> ${list()}`;
  });
  const functions = Array.from({ length: module.seek(SECTION.function) }, () => types[module.readNumber()]!);
  return new Map(Array.from({ length: module.seek(SECTION.export) }, () => {
    const name = module.readName();
    expect(module.readByte(), `${name} is a function`).toBe(0);
    return [name, functions[module.readNumber()]!] as const;
  }));
}

const names = Object.keys(Kernel).filter((key) => Number.isNaN(Number(key)));

describe.each(['baseline', 'relaxed'] as const)('%s module', (name) => {
  const bytes = moduleBytes(name);

  it('exports exactly the kernels of the ABI, all with one signature', () => {
    const expected = names.filter((kernel) => name === 'relaxed' || !kernel.endsWith('_rd'));
    const types = exportedTypes(bytes);
    expect([...types.keys()].sort()).toEqual([...expected].sort());
    expect(new Set(types.values())).toEqual(new Set(['7f,7f,7f,7f -> ']));
  });

  it('imports the shared memory and nothing else', () => {
    const module = parse(bytes);
    expect(module.seek(SECTION.import)).toBe(1);
    expect([module.readName(), module.readName(), module.readByte()]).toEqual(['env', 'memory', 2]);
    expect(module.readByte()).toBe(3);
  });

  it('has no data, globals, tables, memory of its own or start function', () => {
    const { sections } = parse(bytes);
    for (const absent of ['table', 'memory', 'global', 'start', 'element', 'data'] as const) {
      expect(sections.has(SECTION[absent]), absent).toBe(false);
    }
  });

  it(`has at most ${MAX_BYTES} bytes`, () => {
    expect(bytes.length).toBeLessThanOrEqual(MAX_BYTES);
  });
});

describe.each(modules)('peak kernels, %s module', (name) => {
  const machine = machineOf(name);

  it.each(machine.dots)('peak_%s runs the multiply-accumulates the ABI states', (dot) => {
    const macs = PeakMacs[`peak_${dot}`];
    const lane = macs / 12 / 4;
    const code = dot === 'd16' ? new Uint8Array(Int16Array.from({ length: 8 }, () => 1).buffer) : new Uint8Array(16).fill(1);
    const sums = (iterations: number): number => {
      const output = machine.run({
        kernel: `peak_${dot}`, params: 'PeakParams', outputBytes: 16, scratchBytes: 0, units: iterations,
        fields: { INPUT: { bytes: new Uint8Array(16) }, WEIGHTS: { bytes: code }, OUTPUT: 'output' },
      });
      return new DataView(output.buffer).getInt32(0, true);
    };
    // Accumulator i starts at i * weights and gains weights times its own lanes: an all-one accumulator grows by one product a lane.
    const one = code.length === 16 && dot === 'd16' ? 0x00010001 : 0x01010101;
    const start = Array.from({ length: 12 }, (_, i) => Math.imul(one, i));
    const bits = dot === 'd16' ? 16 : 8;
    const products = (value: number): number => {
      let sum = 0;
      for (let shift = 0; shift < 32; shift += bits) sum += (value << (32 - bits - shift)) >> (32 - bits);
      return sum;
    };
    expect(32 / bits).toBe(lane);
    expect(sums(0)).toBe(start.reduce((a, b) => (a + b) | 0));
    expect(sums(1)).toBe(start.reduce((total, value) => (total + value + products(value)) | 0, 0));
  });
});

it('convolutions of codes and of float32 elements have the fields of their window at the same distances', () => {
  const names = Object.keys(WindowFields).filter((name) => Number.isNaN(Number(name))) as (keyof typeof WindowFields)[];
  for (const params of [Conv2dParams, Conv2dF32Params]) {
    expect(names.map((name) => params[name] - params.INPUT_HEIGHT)).toEqual(names.map((name) => WindowFields[name]));
  }
});
