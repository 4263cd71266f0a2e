/** Tables K.3 to K.6 of ITU-T T.81 as a DHT segment: DC and AC of luma, DC and AC of chroma; counts of the codes of 1 to 16 bits, then the values. */
const STANDARD = 'ffc401a2'
  + '00' + '00010501010101010100000000000000' + '000102030405060708090a0b'
  + '10' + '0002010303020403050504040000017d' + '01020300041105122131410613516107227114328191a1082342b1c11552d1f02433627282090a161718191a25262728292a'
  + '3435363738393a434445464748494a535455565758595a636465666768696a737475767778797a838485868788898a92939495969798999aa2a3a4a5a6a7a8a9aa'
  + 'b2b3b4b5b6b7b8b9bac2c3c4c5c6c7c8c9cad2d3d4d5d6d7d8d9dae1e2e3e4e5e6e7e8e9eaf1f2f3f4f5f6f7f8f9fa'
  + '01' + '00030101010101010101010000000000' + '000102030405060708090a0b'
  + '11' + '00020102040403040705040400010277' + '000102031104052131061241510761711322328108144291a1b1c109233352f0156272d10a162434e125f11718191a262728292a'
  + '35363738393a434445464748494a535455565758595a636465666768696a737475767778797a82838485868788898a92939495969798999aa2a3a4a5a6a7a8a9aa'
  + 'b2b3b4b5b6b7b8b9bac2c3c4c5c6c7c8c9cad2d3d4d5d6d7d8d9dae2e3e4e5e6e7e8e9eaf2f3f4f5f6f7f8f9fa';

/** The file with the standard Huffman tables before byte `at`, as frames of Motion JPEG leave them out. */
export function withStandardTables(bytes: Uint8Array, at: number): Uint8Array {
  const tables = Uint8Array.from({ length: STANDARD.length / 2 }, (_, byte) => Number.parseInt(STANDARD.slice(byte * 2, byte * 2 + 2), 16));
  const whole = new Uint8Array(bytes.length + tables.length);
  whole.set(bytes.subarray(0, at));
  whole.set(tables, at);
  whole.set(bytes.subarray(at), at + tables.length);
  return whole;
}
