/** Module header, then one function of type () -> v128 (WebAssembly core specification 5.5). */
const HEADER = [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00];
const VECTOR_FUNCTION = [...HEADER, 0x01, 0x05, 0x01, 0x60, 0x00, 0x01, 0x7b, 0x03, 0x02, 0x01, 0x00];
/** i32.const 0, i8x16.splat. */
const SPLAT = [0x41, 0x00, 0xfd, 0x0f];
/** i16x8.relaxed_dot_i8x16_i7x16_s. */
const RELAXED_DOT = [0xfd, 0x92, 0x02];

function withBody(...instructions: readonly number[]): Uint8Array<ArrayBuffer> {
  const body = [0x00, ...instructions, 0x0b];
  return Uint8Array.from([...VECTOR_FUNCTION, 0x0a, body.length + 2, 0x01, body.length, ...body]);
}

/** What the WebAssembly engine of this process accepts. */
export interface WasmFeatures {
  readonly simd: boolean;
  readonly relaxedSimd: boolean;
  readonly threads: boolean;
}

/** Validates one smallest module per feature. */
export function wasmFeatures(): WasmFeatures {
  return {
    simd: WebAssembly.validate(withBody(...SPLAT)),
    relaxedSimd: WebAssembly.validate(withBody(...SPLAT, ...SPLAT, ...RELAXED_DOT)),
    /** A shared memory of one page. */
    threads: WebAssembly.validate(Uint8Array.from([...HEADER, 0x05, 0x04, 0x01, 0x03, 0x01, 0x01])),
  };
}
