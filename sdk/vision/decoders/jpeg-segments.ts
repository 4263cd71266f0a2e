/** Codes of the second byte of a marker (ITU-T T.81 table B.1). */
export const Marker = { DHT: 0xc4, JPG: 0xc8, DAC: 0xcc, RST0: 0xd0, RST7: 0xd7, EOI: 0xd9, SOS: 0xda, DRI: 0xdd, APP0: 0xe0, APP1: 0xe1, APP14: 0xee } as const;

/** A marker and its parameters; the entropy-coded data of a scan stand between `end` and `next`. */
export interface Segment {
  readonly marker: number;
  /** Offset of the marker. */
  readonly at: number;
  /** Offsets of the first parameter and behind the last one. */
  readonly start: number;
  readonly end: number;
  /** Offset from which to look for the next marker. */
  readonly next: number;
}

/** Whether a marker is that of a frame header SOFn. */
export function isFrameMarker(marker: number): boolean {
  return marker >= 0xc0 && marker <= 0xcf && marker !== Marker.DHT && marker !== Marker.JPG && marker !== Marker.DAC;
}

/** Big-endian number of two bytes. */
export function word(bytes: Uint8Array, at: number): number {
  return (bytes[at]! << 8) | bytes[at + 1]!;
}

/** Offset of the first marker behind entropy-coded data: 0xff before neither a stuffed 0 nor a restart (ITU-T T.81 B.1.1.5). */
function dataEnd(bytes: Uint8Array, from: number): number {
  for (let at = bytes.indexOf(0xff, from); at >= 0; at = bytes.indexOf(0xff, at + 1)) {
    const code = bytes[at + 1] ?? 0;
    if (code !== 0 && code !== 0xff && (code < Marker.RST0 || code > Marker.RST7)) return at;
  }
  return bytes.length;
}

/**
 * The marker segment at `from`, behind fill bytes (ITU-T T.81 B.1.1.4).
 * @returns what stands there instead, for messages, where it is none
 */
export function segmentAt(bytes: Uint8Array, from: number): Segment | string {
  let at = from;
  while (bytes[at] === 0xff && bytes[at + 1] === 0xff) at++;
  if (at + 4 > bytes.length) return 'the JPEG file ends before its frame header';
  if (bytes[at] !== 0xff) return `no JPEG marker at byte ${at}`;
  const marker = bytes[at + 1]!;
  if (marker === Marker.EOI) return `the JPEG file ends before its frame header, at byte ${at}`;
  const length = word(bytes, at + 2);
  if (length < 2) return `a JPEG segment of ${length} bytes at byte ${at}`;
  const end = at + 2 + length;
  return { marker, at, start: at + 4, end, next: marker === Marker.SOS ? dataEnd(bytes, end) : end };
}
