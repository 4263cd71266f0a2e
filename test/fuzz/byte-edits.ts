import fc from 'fast-check';

/** Replaces, inserts or removes bytes of a file. Places are numbers that `applyEdits` reduces to the file. */
export type ByteEdit =
  | { readonly kind: 'flip'; readonly place: number; readonly bit: number }
  | { readonly kind: 'write'; readonly place: number; readonly bytes: Uint8Array }
  | { readonly kind: 'write-offset'; readonly place: number; readonly from: number }
  | { readonly kind: 'remove' | 'repeat'; readonly place: number; readonly count: number }
  | { readonly kind: 'cut'; readonly place: number };

function pattern(width: 1 | 4 | 8, value: bigint): Uint8Array {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, BigInt.asUintN(64, value), true);
  return bytes.subarray(0, width);
}

const FLOATS = [NaN, Infinity, -1, 0, 1e-45, 3.4e38].map((value) => new Uint8Array(Float32Array.of(value).buffer));

const HOSTILE: readonly Uint8Array[] = [
  ...[0n, 1n, 2n, 3n, 4n, 127n, 128n, 255n].map((value) => pattern(1, value)),
  ...[0n, 1n, -1n, 4n, 8n, 1000n, 65535n, 65536n, 0x7fffffffn, 0x80000000n, 0xfffffffcn, 0x20000000n].map((value) => pattern(4, value)),
  ...[0n, -1n, 2n ** 63n, 2n ** 53n, 2n ** 32n, 0x7fffffff7fffffffn].map((value) => pattern(8, value)),
  ...FLOATS,
];

const place = fc.nat(2 ** 31 - 1);

export const byteEdits: fc.Arbitrary<ByteEdit[]> = fc.array(fc.oneof(
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('flip' as const), place, bit: fc.nat(7) }) },
  { weight: 5, arbitrary: fc.record({ kind: fc.constant('write' as const), place, bytes: fc.constantFrom(...HOSTILE) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('write-offset' as const), place, from: place }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constantFrom('remove' as const, 'repeat' as const), place, count: fc.integer({ min: 1, max: 64 }) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('cut' as const), place }) },
), { minLength: 1, maxLength: 3 });

/**
 * The file after the edits. Most edits fall on `structure`, the positions outside the weights; every fourth place falls anywhere.
 * `write-offset` copies the four bytes at another place, so that offsets and counts of one part appear in another.
 */
export function applyEdits(original: Uint8Array, structure: readonly number[], edits: readonly ByteEdit[]): Uint8Array {
  let bytes = original.slice();
  for (const edit of edits) {
    if (bytes.length === 0) return bytes;
    const anywhere = (value: number): number => (value % 4 === 0 ? value % bytes.length : structure[value % structure.length]!);
    const locate = (value: number): number => Math.min(anywhere(value), bytes.length - 1);
    const at = locate(edit.place);
    switch (edit.kind) {
      case 'flip':
        bytes[at]! ^= 1 << edit.bit;
        break;
      case 'write': {
        const aligned = at - (at % edit.bytes.length);
        bytes.set(edit.bytes.subarray(0, bytes.length - aligned), aligned);
        break;
      }
      case 'write-offset':
        bytes.copyWithin(at - (at % 4), locate(edit.from) & ~3, (locate(edit.from) & ~3) + 4);
        break;
      case 'remove':
        bytes = Uint8Array.from([...bytes.subarray(0, at), ...bytes.subarray(at + edit.count)]);
        break;
      case 'repeat':
        bytes = Uint8Array.from([...bytes.subarray(0, at + edit.count), ...bytes.subarray(at)]);
        break;
      case 'cut':
        bytes = bytes.slice(0, at);
    }
  }
  return bytes;
}
