import { ByteReader } from '../../core/byte-reader.ts';
import { ModelError } from '../../core/errors.ts';

/** Field numbers of one table, by schema name. */
export type Fields<Name extends string = string> = Readonly<Record<Name, number>>;

/** Vectors of tables that point at the same bytes again and again must not multiply work or memory. */
const DECODED_BYTES_PER_FILE_BYTE = 2;
const SMALLEST_TABLE_CHARGE = 32;

const decoder = new TextDecoder();
// Names reach terminals.
export const CONTROL_CHARACTERS = /[\u0000-\u001f\u007f-\u009f]/g;

interface Source {
  readonly reader: ByteReader;
  /** Bytes that may still be decoded. */
  budget: number;
  /** Positions of the references that tables were opened by: each is charged once. */
  readonly opened: Set<number>;
}

/** The root table. `where` starts every error message. */
export function rootTable<Name extends string>(bytes: Uint8Array, where: string, fields: Fields<Name>): Table<Name> {
  const reader = new ByteReader(bytes);
  const source = { reader, budget: DECODED_BYTES_PER_FILE_BYTE * bytes.length, opened: new Set<number>() };
  return openTable(source, 0, where, fields, `${where}: root offset`);
}

function spend(source: Source, bytes: number, where: string): void {
  source.budget -= bytes;
  if (source.budget >= 0) return;
  throw new ModelError('invalid-flatbuffer', `${where}: the tables decode to more than ${DECODED_BYTES_PER_FILE_BYTE} times the size of the file, ` +
    'so parts of it are referenced many times; export the model again');
}

/** The table that the offset at `reference` leads to. */
function openTable<Name extends string>(source: Source, reference: number, where: string, fields: Fields<Name>, what: string): Table<Name> {
  const { reader, opened } = source;
  const position = reference + reader.u32(reference, what);
  const vtable = position - reader.i32(position, where);
  const vtableBytes = reader.u16(vtable, `${where} vtable`);
  const tableBytes = reader.u16(vtable + 2, `${where} vtable`);
  if (vtableBytes < 4 || vtableBytes % 2 !== 0 || tableBytes < 4) {
    throw new ModelError('invalid-flatbuffer', `${where}: vtable at byte ${vtable} states ${vtableBytes} and ${tableBytes} bytes; ` +
      'allowed are even sizes from 4; the file is damaged, fetch it again');
  }
  reader.check(vtable, vtableBytes, `${where} vtable`);
  reader.check(position, tableBytes, where);
  if (!opened.has(reference)) spend(source, Math.max(tableBytes, SMALLEST_TABLE_CHARGE), where);
  opened.add(reference);
  return new Table(source, where, fields, { position, tableBytes, vtable, vtableBytes });
}

interface Extent {
  readonly position: number;
  readonly tableBytes: number;
  readonly vtable: number;
  readonly vtableBytes: number;
}

const ABSENT: Extent = { position: 0, tableBytes: 0, vtable: 0, vtableBytes: 0 };

/** A FlatBuffers table with checked access; absent fields give the fallback, or undefined. */
export class Table<Name extends string> {
  readonly where: string;
  private readonly source: Source;
  private readonly fields: Fields<Name>;
  private readonly extent: Extent;

  constructor(source: Source, where: string, fields: Fields<Name>, extent: Extent) {
    this.source = source;
    this.where = where;
    this.fields = fields;
    this.extent = extent;
  }

  /** Position of a field of `size` bytes, or 0 where it is absent. */
  private locate(name: Name, size: number): number {
    const { position, tableBytes, vtable, vtableBytes } = this.extent;
    const slot = 4 + 2 * this.fields[name];
    if (slot + 2 > vtableBytes) return 0;
    const offset = this.source.reader.u16(vtable + slot, this.where);
    if (offset === 0) return 0;
    if (offset < 4 || offset + size > tableBytes) {
      throw new ModelError('invalid-flatbuffer', `${this.what(name)}: field at ${offset} of a table of ${tableBytes} bytes; ` +
        'the file is damaged, fetch it again');
    }
    return position + offset;
  }

  private target(name: Name): number {
    const at = this.locate(name, 4);
    return at === 0 ? 0 : at + this.source.reader.u32(at, this.what(name));
  }

  private what(name: Name): string {
    return `${this.where} ${name}`;
  }

  has(name: Name): boolean {
    return this.locate(name, 1) !== 0;
  }

  bool(name: Name): boolean {
    return this.u8(name) !== 0;
  }

  u8(name: Name): number {
    const at = this.locate(name, 1);
    return at === 0 ? 0 : this.source.reader.u8(at, this.what(name));
  }

  i8(name: Name): number {
    const at = this.locate(name, 1);
    return at === 0 ? 0 : this.source.reader.i8(at, this.what(name));
  }

  i32(name: Name, fallback: number): number {
    const at = this.locate(name, 4);
    return at === 0 ? fallback : this.source.reader.i32(at, this.what(name));
  }

  u32(name: Name): number {
    const at = this.locate(name, 4);
    return at === 0 ? 0 : this.source.reader.u32(at, this.what(name));
  }

  u64(name: Name): number {
    const at = this.locate(name, 8);
    return at === 0 ? 0 : this.source.reader.u64(at, this.what(name));
  }

  f32(name: Name): number {
    const at = this.locate(name, 4);
    return at === 0 ? 0 : this.source.reader.f32(at, this.what(name));
  }

  /** First element and count of a vector whose elements all lie in the file. */
  private vector(name: Name, elementBytes: number): { at: number; count: number } {
    const at = this.target(name);
    if (at === 0) return { at, count: 0 };
    const count = this.source.reader.u32(at, this.what(name));
    this.source.reader.check(at + 4, count * elementBytes, `${this.what(name)} (${count} elements)`);
    return { at: at + 4, count };
  }

  /** A vector of numbers of `elementBytes` bytes, in a buffer of its own. */
  private elements(name: Name, elementBytes: number): ArrayBuffer {
    const { at, count } = this.vector(name, elementBytes);
    const what = this.what(name);
    spend(this.source, count * elementBytes, what);
    return this.source.reader.slice(at, count * elementBytes, what).slice().buffer;
  }

  i32s(name: Name): number[] {
    return Array.from(new Int32Array(this.elements(name, 4)));
  }

  f32s(name: Name): number[] {
    return Array.from(new Float32Array(this.elements(name, 4)));
  }

  i64s(name: Name): number[] {
    // Built-in functions alone: a loop over the zero points of all channels would get optimized, which takes longer than it runs.
    const numbers = Array.from(new BigInt64Array(this.elements(name, 8)), Number);
    if (!numbers.every(Number.isSafeInteger)) {
      const wide = numbers.findIndex((value) => !Number.isSafeInteger(value));
      this.source.reader.i64(this.vector(name, 8).at + 8 * wide, this.what(name));
    }
    return numbers;
  }

  /** A byte vector as a view on the file. */
  bytes(name: Name): Uint8Array {
    const { at, count } = this.vector(name, 1);
    return this.source.reader.slice(at, count, this.what(name));
  }

  /** Bytes of the file itself, outside the tables. */
  fileBytes(offset: number, size: number): Uint8Array {
    return this.source.reader.slice(offset, size, this.where);
  }

  /** Control characters become U+FFFD. */
  text(name: Name): string {
    const bytes = this.bytes(name);
    spend(this.source, bytes.length, this.what(name));
    return decoder.decode(bytes).replace(CONTROL_CHARACTERS, '\ufffd');
  }

  /** The table behind a field or an empty one, whose fields are all absent. */
  table<Child extends string>(name: Name, fields: Fields<Child>, where: string): Table<Child> {
    const at = this.locate(name, 4);
    return at === 0 ? new Table(this.source, where, fields, ABSENT) : openTable(this.source, at, where, fields, this.what(name));
  }

  /** Number of tables in a vector and a function that opens one; `label` and the index name it in errors. */
  tables<Child extends string>(name: Name, fields: Fields<Child>, label: string): TableVector<Child> {
    const { at, count } = this.vector(name, 4);
    const what = this.what(name);
    return {
      count,
      open: (index, where = `${this.where}: ${label} ${index}`) => openTable(this.source, at + 4 * index, where, fields, what),
    };
  }
}

export interface TableVector<Name extends string> {
  readonly count: number;
  /** `index` must be below `count`. */
  open(index: number, where?: string): Table<Name>;
}
