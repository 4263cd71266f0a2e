import { Builder } from 'flatbuffers';
import { describe, expect, it } from 'vitest';
import { ModelError } from '../../../sdk/core/errors.ts';
import { rootTable } from '../../../sdk/formats/tflite/flatbuffer.ts';

const FIELDS = { small: 0, number: 1, ratio: 2, big: 3, numbers: 4, name: 5, child: 6, children: 7, absent: 8 } as const;

/** One table with every kind of field; `children` holds `repeat` references to one child with `length` numbers. */
function build({ repeat = 2, length = 3, name = 'name' } = {}): Uint8Array {
  const builder = new Builder(64);
  const numbersOf = (count: number): number => {
    builder.startVector(4, count, 4);
    for (let index = count - 1; index >= 0; index--) builder.addInt32(index - 1);
    return builder.endVector();
  };
  const childNumbers = numbersOf(length);
  builder.startObject(5);
  builder.addFieldOffset(FIELDS.numbers, childNumbers, 0);
  const child = builder.endObject();
  builder.startVector(4, repeat, 4);
  for (let index = 0; index < repeat; index++) builder.addOffset(child);
  const children = builder.endVector();
  const numbers = numbersOf(3);
  const text = builder.createString(name);
  builder.startObject(8);
  builder.addFieldInt8(FIELDS.small, -3, null);
  builder.addFieldInt32(FIELDS.number, -70000, null);
  builder.addFieldFloat32(FIELDS.ratio, 0.25, null);
  builder.addFieldInt64(FIELDS.big, 5000000000n, null);
  builder.addFieldOffset(FIELDS.numbers, numbers, 0);
  builder.addFieldOffset(FIELDS.name, text, 0);
  builder.addFieldOffset(FIELDS.child, child, 0);
  builder.addFieldOffset(FIELDS.children, children, 0);
  builder.finish(builder.endObject());
  return builder.asUint8Array().slice();
}

describe('Table', () => {
  it('reads what the FlatBuffers library wrote', () => {
    const table = rootTable(build(), 'file', FIELDS);
    expect([table.i8('small'), table.u8('small'), table.bool('small'), table.has('small')]).toEqual([-3, 253, true, true]);
    expect([table.i32('number', 0), table.u32('number'), table.f32('ratio'), table.u64('big')]).toEqual([-70000, 4294897296, 0.25, 5e9]);
    expect([table.i32s('numbers'), table.text('name')]).toEqual([[-1, 0, 1], 'name']);
    const children = table.tables('children', FIELDS, 'child');
    expect(children.count).toBe(2);
    expect(children.open(1).where).toBe('file: child 1');
    expect(children.open(1).i32s('numbers')).toEqual([-1, 0, 1]);
    expect(table.table('child', FIELDS, 'file child').i32s('numbers')).toEqual([-1, 0, 1]);
  });

  it('gives fallbacks for absent fields and tables', () => {
    const table = rootTable(build(), 'file', FIELDS);
    expect([table.i32('absent', 7), table.has('absent'), table.i32s('absent'), table.text('absent')]).toEqual([7, false, [], '']);
    expect(table.table('absent', FIELDS, 'x').f32('ratio')).toBe(0);
    expect(table.tables('absent', FIELDS, 'x').count).toBe(0);
  });

  it('replaces control characters in text', () => {
    expect(rootTable(build({ name: 'a\u001b[2J\u0000b' }), 'file', FIELDS).text('name')).toBe('a\ufffd[2J\ufffdb');
  });

  it('reads or refuses every truncation, and never anything else', () => {
    const bytes = build();
    for (let length = 0; length < bytes.length; length++) {
      const readAll = (): void => {
        const table = rootTable(bytes.subarray(0, length), 'file', FIELDS);
        table.i32s('numbers');
        table.text('name');
        table.tables('children', FIELDS, 'child').open(0).i32s('numbers');
      };
      try {
        readAll();
      } catch (error) {
        expect(error).toBeInstanceOf(ModelError);
        expect((error as ModelError).message).toMatch(/^file/);
      }
    }
    expect(() => rootTable(bytes.subarray(0, 3), 'file', FIELDS)).toThrow(expect.objectContaining({ code: 'truncated' }));
  });

  it('checks the length of a vector against the file before using it', () => {
    const bytes = build();
    const view = new DataView(bytes.buffer);
    const startsVector = (at: number): boolean => view.getInt32(at, true) === 3 && view.getInt32(at + 4, true) === -1;
    const marker = bytes.findIndex((_, at) => at % 4 === 0 && at + 8 <= bytes.length && startsVector(at));
    view.setUint32(marker, 0x3fffffff, true);
    expect(() => rootTable(bytes, 'file', FIELDS).i32s('numbers'))
      .toThrow(/^file numbers \(1073741823 elements\): 4294967292 bytes at byte \d+ are outside/);
  });

  it('refuses to decode one part of the file again and again', () => {
    const table = rootTable(build({ repeat: 20_000, length: 20_000 }), 'file', FIELDS);
    const children = table.tables('children', FIELDS, 'child');
    let decoded = 0;
    expect(() => {
      for (let index = 0; index < children.count; index++) decoded += children.open(index).i32s('numbers').length;
    }).toThrow(/^file: child \d+ numbers: the tables decode to more than 2 times the size of the file/);
    expect(decoded).toBeLessThan(100_000);
  });

  it('refuses many references to one table, whose own is charged once however often it is opened', () => {
    const children = rootTable(build({ repeat: 20_000 }), 'file', FIELDS).tables('children', FIELDS, 'child');
    for (let count = 0; count < 20_000; count++) children.open(0);
    expect(() => {
      for (let index = 1; index < children.count; index++) children.open(index);
    }).toThrow(/^file: child \d+: the tables decode to more than 2 times/);
  });

  it('refuses damaged vtables', () => {
    const bytes = build();
    const view = new DataView(bytes.buffer);
    const root = view.getUint32(0, true);
    const vtable = root - view.getInt32(root, true);
    const damaged = (offset: number, value: number): Uint8Array => {
      const copy = bytes.slice();
      new DataView(copy.buffer).setUint16(vtable + offset, value, true);
      return copy;
    };
    expect(() => rootTable(damaged(0, 3), 'file', FIELDS)).toThrow(/^file: vtable at byte \d+ states 3 and/);
    expect(() => rootTable(damaged(0, 65534), 'file', FIELDS)).toThrow(/^file vtable: 65534 bytes/);
    expect(() => rootTable(damaged(2, 65535), 'file', FIELDS)).toThrow(/^file: 65535 bytes/);
    expect(() => rootTable(damaged(4, 2), 'file', FIELDS).i8('small')).toThrow(/^file small: field at 2 of a table of/);
    expect(() => rootTable(damaged(6, 60000), 'file', FIELDS).i32('number', 0)).toThrow(/^file number: field at 60000/);
  });
});
