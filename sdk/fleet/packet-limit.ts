/**
 * Follows MQTT packets (MQTT 3.1.1 section 2.2: type byte, remaining length, body) through the pieces of a byte stream.
 * @param most bytes of a packet's body
 * @returns a function to be given each piece; it returns the size of a packet that is too large, else undefined
 */
export function packetLimit(most: number): (piece: Uint8Array) => number | undefined {
  let body = 0;
  let lengthByte = -1; // -1: the type byte comes next, else the index of the length byte that comes next
  let length = 0;
  return (piece) => {
    for (let at = 0; at < piece.length;) {
      if (body > 0) {
        const step = Math.min(body, piece.length - at);
        body -= step;
        at += step;
        continue;
      }
      const byte = piece[at++]!;
      if (lengthByte < 0) {
        lengthByte = 0;
        length = 0;
        continue;
      }
      length += (byte & 0x7f) * 128 ** lengthByte++;
      if (length > most || lengthByte > 4) return length;
      if ((byte & 0x80) === 0) {
        body = length;
        lengthByte = -1;
      }
    }
    return undefined;
  };
}
