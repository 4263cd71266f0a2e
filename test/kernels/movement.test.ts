import { describe, expect, it } from 'vitest';
import { xorshift } from '../xorshift.ts';
import { machineOf, modules, randomCodes } from './harness.ts';

describe.each(modules)('move_x8, %s module', (name) => {
  const machine = machineOf(name);

  it.each([1, 2, 4, 5, 16, 21])('transposes elements of %i bytes', (run) => {
    const [planes, rows, columns] = [3, 4, 5];
    const input = randomCodes(planes * rows * columns * run, xorshift(run));
    const expected = new Int8Array(input.length);
    for (let p = 0; p < planes; p++) for (let r = 0; r < rows; r++) for (let c = 0; c < columns; c++) {
      const from = ((p * rows + r) * columns + c) * run;
      expected.set(input.subarray(from, from + run), ((c * planes + p) * rows + r) * run);
    }
    const dims = Int32Array.of(planes, rows * columns * run, rows * run, rows, columns * run, run);
    const output = machine.run({
      kernel: 'move_x8', params: 'MoveParams', outputBytes: input.length, scratchBytes: 0, units: planes * rows,
      fields: {
        INPUT: { bytes: input }, OUTPUT: 'output', COUNT: columns, RUN: run, INPUT_STEP: run, OUTPUT_STEP: planes * rows * run, RANK: 2, DIMS: { bytes: dims },
      },
    }, [1, 5]);
    expect(new Int8Array(output.buffer)).toEqual(expected);
  });
});

describe.each(modules)('gather_nd_x8 and resize_nearest_x8, %s module', (name) => {
  const machine = machineOf(name);

  it('gathers slices and clamps indices into the tensor', () => {
    const [extents, run] = [[3, 4], 7] as const;
    const input = randomCodes(12 * run, xorshift(5));
    const indices = Int32Array.of(0, 0, 2, 3, -9, 1, 1, 2147483647, -2147483648, 99);
    const places = [0, 11, 1, 7, 3];
    const output = machine.run({
      kernel: 'gather_nd_x8', params: 'GatherNdParams', outputBytes: 5 * run, scratchBytes: 0, units: 5,
      fields: {
        INPUT: { bytes: input }, INDICES: { bytes: indices }, OUTPUT: 'output', RUN: run, DEPTH: 2,
        DIMS: { bytes: Int32Array.of(extents[0], 4 * run, extents[1], run) },
      },
    }, [2]);
    expect([...new Int8Array(output.buffer)]).toEqual(places.flatMap((place) => [...input.subarray(place * run, (place + 1) * run)]));
  });

  it('copies the pixels that the tables name', () => {
    const [width, run] = [3, 18];
    const input = randomCodes(2 * 2 * width * run, xorshift(9));
    const [rows, columns] = [[1, 0, 1], [2, 0]];
    const output = machine.run({
      kernel: 'resize_nearest_x8', params: 'ResizeNearestParams', outputBytes: 2 * 3 * 2 * run, scratchBytes: 0, units: 6,
      fields: {
        INPUT: { bytes: input }, OUTPUT: 'output', RUN: run, IMAGE_BYTES: 2 * width * run, OUTPUT_HEIGHT: 3, OUTPUT_WIDTH: 2,
        ROWS: { bytes: Int32Array.from(rows, (row) => row * width * run) }, COLUMNS: { bytes: Int32Array.from(columns, (column) => column * run) },
      },
    }, [1, 4]);
    const expected = [0, 1].flatMap((image) => rows.flatMap((row) => columns.flatMap((column) => {
      const from = ((image * 2 + row) * width + column) * run;
      return [...input.subarray(from, from + run)];
    })));
    expect([...new Int8Array(output.buffer)]).toEqual(expected);
  });
});

describe.each(modules)('resize_bilinear_qs8, %s module', (name) => {
  const machine = machineOf(name);

  it.each([1, 7, 8, 9, 24])('blends four codes of %i channels, ties up', (channels) => {
    const [height, width] = [3, 4];
    const input = randomCodes(height * width * channels, xorshift(channels));
    const rows = [[0, 1, 512], [1, 2, 1024], [2, 2, 0], [0, 0, 2047]] as const;
    const columns = [[0, 1, 1024], [2, 3, 3], [3, 3, 2048]] as const;
    const table = (taps: readonly (readonly [number, number, number])[], bytes: number): Int32Array => (
      Int32Array.from(taps.flatMap(([near, far, weight]) => [near * bytes, far * bytes, weight])));
    const output = machine.run({
      kernel: 'resize_bilinear_qs8', params: 'ResizeBilinearParams', outputBytes: 12 * channels, scratchBytes: 16, units: 4,
      fields: {
        INPUT: { bytes: input }, OUTPUT: 'output', CHANNELS: channels, IMAGE_BYTES: input.length, OUTPUT_HEIGHT: 4, OUTPUT_WIDTH: 3,
        ROWS: { bytes: table(rows, width * channels) }, COLUMNS: { bytes: table(columns, channels) },
      },
    }, [1, 3]);
    const expected = rows.flatMap(([top, bottom, down]) => columns.flatMap(([left, right, across]) => Array.from({ length: channels }, (_, c) => {
      const at = (row: number, column: number): number => input[(row * width + column) * channels + c]!;
      const blend = (row: number): number => at(row, left) * (2048 - across) + at(row, right) * across;
      return Math.floor((blend(top) * (2048 - down) + blend(bottom) * down) / 4194304 + 0.5);
    })));
    expect([...new Int8Array(output.buffer)]).toEqual(expected);
  });
});
