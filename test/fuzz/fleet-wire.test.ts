import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { UpdateError } from '../../sdk/core/errors.ts';
import { decodeBitmap, encodeBitmap } from '../../sdk/fleet/bitmap.ts';
import { CHUNK_HEADER_BYTES, decodeChunk, encodeChunk } from '../../sdk/fleet/chunk.ts';
import { createDeviceTable } from '../../sdk/fleet/device-table.ts';
import { needSchema, offerSchema, parseMessage, reportSchema } from '../../sdk/fleet/messages.ts';
import { packetLimit } from '../../sdk/fleet/packet-limit.ts';
import { parseAnchor, verifyTargets } from '../../sdk/fleet/trust.ts';
import { createSignedFleet, releaseFor, signTargets } from '../fleet/support/signed-fleet.ts';

const runs = { numRuns: process.env['HALFBYTE_FUZZ'] === 'full' ? 4000 : 200, seed: 1 };

/** Runs a parser on hostile bytes: it must return or throw an UpdateError, nothing else. */
function refusesOnly(parse: () => unknown): void {
  try {
    parse();
  } catch (error) {
    if (!(error instanceof UpdateError)) throw error;
    expect(error.message.length).toBeLessThan(1000);
  }
}

/** Real bytes with some replaced, some cut off and some added. */
function mutated(real: Uint8Array): fc.Arbitrary<Uint8Array> {
  const edits = fc.array(fc.tuple(fc.nat(Math.max(0, real.length - 1)), fc.nat(255)), { maxLength: 6 });
  return fc.tuple(edits, fc.nat(real.length), fc.uint8Array({ maxLength: 8 }), fc.boolean()).map(([changes, keep, added, cut]) => {
    const bytes = Uint8Array.from([...(cut ? real.subarray(0, keep) : real), ...added]);
    for (const [at, value] of changes) if (at < bytes.length) bytes[at] = value;
    return bytes;
  });
}

describe('chunk header', () => {
  const chunk = fc.record({
    blob: fc.uint8Array({ minLength: 8, maxLength: 8 }).map((bytes) => Buffer.from(bytes).toString('hex')), total: fc.integer({ min: 1, max: 65_536 }),
    bytes: fc.uint8Array({ minLength: 1, maxLength: 300 }), at: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
  }).map(({ at, ...rest }) => ({ ...rest, n: Math.floor(at * rest.total) }));

  it('comes back as it was', () => {
    fc.assert(fc.property(chunk, (value) => { expect(decodeChunk(encodeChunk(value))).toEqual(value); }), runs);
  });

  it('never accepts changed bytes as another chunk', () => {
    const whole = fc.tuple(chunk, fc.nat(), fc.integer({ min: 1, max: 255 }));
    fc.assert(fc.property(whole, ([value, at, change]) => {
      const packet = encodeChunk(value);
      packet[at % packet.length]! ^= change;
      expect(() => decodeChunk(packet)).toThrow(UpdateError);
    }), runs);
  });

  it('takes any bytes', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: CHUNK_HEADER_BYTES + 50 }), (bytes) => refusesOnly(() => decodeChunk(bytes))), runs);
  });
});

describe('messages', () => {
  it('take any JSON and any bytes', () => {
    const table = createDeviceTable();
    const payload = fc.oneof(fc.json().map((text) => Buffer.from(text)), fc.uint8Array({ maxLength: 300 }));
    fc.assert(fc.property(payload, (bytes) => {
      for (const schema of [offerSchema, needSchema, reportSchema]) refusesOnly(() => parseMessage(schema, bytes, 4096, 'message'));
      refusesOnly(() => table.take('one', bytes));
    }), runs);
    expect(table.rows()).toEqual([]);
  });

  it('give back any bitmap and refuse other text', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 40 }), fc.nat(7), (bytes, spare) => {
      const size = Math.max(0, bytes.length * 8 - spare);
      const bitmap = { size, bytes };
      const clean = bytes.length * 8 === size || bytes.at(-1)! >> (8 - (bytes.length * 8 - size)) === 0;
      expect(decodeBitmap(encodeBitmap(bitmap), size)).toEqual(clean && bytes.length === (size + 7) >> 3 ? bitmap : undefined);
    }), runs);
    fc.assert(fc.property(fc.string(), fc.nat(1000), (text, size) => {
      const bitmap = decodeBitmap(text, size);
      if (bitmap) expect(encodeBitmap(bitmap)).toBe(text);
    }), runs);
  });

  it('are followed packet by packet in any cut', () => {
    fc.assert(fc.property(fc.array(fc.nat(400), { maxLength: 8 }), fc.array(fc.integer({ min: 1, max: 90 }), { minLength: 1 }), (bodies, cuts) => {
      const lengthBytes = (body: number): number[] => (body > 127 ? [body % 128 | 128, body >> 7] : [body]);
      const stream = Buffer.concat(bodies.map((body) => Buffer.from([0x30, ...lengthBytes(body), ...new Uint8Array(body)])));
      const follow = packetLimit(300);
      let found: number | undefined;
      for (let at = 0, turn = 0; at < stream.length && found === undefined; turn++) {
        const end = at + cuts[turn % cuts.length]!;
        found = follow(stream.subarray(at, end));
        at = end;
      }
      expect(found).toBe(bodies.find((body) => body > 300));
    }), runs);
  });
});

describe('signed metadata', async () => {
  const fleet = createSignedFleet();
  const anchor = parseAnchor(fleet.root, 'root.json');
  const { release } = await releaseFor('1.0', 1);
  const targets = signTargets(fleet.targetsKey, 1, [release]);
  const verify = (bytes: Uint8Array) => verifyTargets(anchor, bytes, { now: new Date(), least: 0 });

  it('is never accepted with changed content', () => {
    const real = JSON.stringify(verify(targets).release(release.target));
    fc.assert(fc.property(mutated(targets), (bytes) => {
      refusesOnly(() => { expect(JSON.stringify(verify(bytes).release(release.target))).toBe(real); });
    }), runs);
  });

  it('takes any bytes and any JSON in place of its parts', () => {
    fc.assert(fc.property(mutated(fleet.root), (bytes) => refusesOnly(() => parseAnchor(bytes, 'root.json'))), runs);
    fc.assert(fc.property(fc.jsonValue(), fc.jsonValue(), fc.jsonValue(), (signed, targetsPart, signatures) => {
      const isObject = typeof signed === 'object' && signed !== null && !Array.isArray(signed);
      const json = isObject ? { _type: 'targets', ...signed, targets: targetsPart } : signed;
      refusesOnly(() => verify(Buffer.from(JSON.stringify({ signed: json, signatures }))));
    }), runs);
  });
});
