import { describe, expect, it } from 'vitest';
import { clearBit, countBits, createBitmap, decodeBitmap, encodeBitmap, hasBit, inverseOf, setBit, setBits } from '../../sdk/fleet/bitmap.ts';
import { CHUNK_HEADER_BYTES, decodeChunk, encodeChunk } from '../../sdk/fleet/chunk.ts';
import { crc32c } from '../../sdk/fleet/crc32c.ts';
import { eventLimit } from '../../sdk/fleet/event-limit.ts';
import { excerpt, needSchema, offerSchema, parseMessage } from '../../sdk/fleet/messages.ts';
import { packetLimit } from '../../sdk/fleet/packet-limit.ts';
import { shownUrl } from '../../sdk/fleet/shown-url.ts';
import { checkName, topicLevel, topicsOf } from '../../sdk/fleet/topics.ts';

const text = (value: string): Uint8Array => Buffer.from(value);

describe('crc32c', () => {
  it('gives the check values of RFC 3720 appendix B.4', () => {
    expect(crc32c(text('123456789'))).toBe(0xe3069283);
    expect(crc32c(new Uint8Array(32))).toBe(0x8a9136aa);
    expect(crc32c(new Uint8Array(32).fill(0xff))).toBe(0x62a8ab43);
    expect(crc32c(Uint8Array.from({ length: 32 }, (_, n) => n))).toBe(0x46dd794e);
  });

  it('continues over pieces', () => {
    expect(crc32c(text('456789'), crc32c(text('123')))).toBe(crc32c(text('123456789')));
  });
});

describe('bitmap', () => {
  it('sets, clears, counts and lists bits', () => {
    const bitmap = createBitmap(11);
    for (const n of [0, 7, 8, 10]) setBit(bitmap, n);
    clearBit(bitmap, 7);
    setBit(bitmap, 11);
    expect([...setBits(bitmap)]).toEqual([0, 8, 10]);
    expect(countBits(bitmap)).toBe(3);
    expect(countBits(inverseOf(bitmap))).toBe(8);
    expect(hasBit(bitmap, 11)).toBe(false);
  });

  it('comes back from its text form, which must have the right size and no spare bits', () => {
    const bitmap = createBitmap(11);
    setBit(bitmap, 10);
    expect(decodeBitmap(encodeBitmap(bitmap), 11)).toEqual(bitmap);
    expect(decodeBitmap(encodeBitmap(bitmap), 17)).toBeUndefined();
    expect(decodeBitmap(Buffer.from([0, 0x08]).toString('base64'), 11)).toBeUndefined();
    expect(decodeBitmap('AA==!', 3)).toBeUndefined();
  });
});

describe('chunk', () => {
  const chunk = { blob: '0123456789abcdef', n: 3, total: 9, bytes: text('some weights') };

  it('comes back from its packet, which is 32 bytes larger', () => {
    const packet = encodeChunk(chunk);
    expect(packet.length).toBe(CHUNK_HEADER_BYTES + 12);
    expect(decodeChunk(packet)).toEqual({ ...chunk, bytes: new Uint8Array(chunk.bytes) });
  });

  it('is refused when any single bit is wrong', () => {
    const packet = encodeChunk(chunk);
    for (let bit = 0; bit < packet.length * 8; bit++) {
      const broken = packet.slice();
      broken[bit >> 3]! ^= 1 << (bit & 7);
      expect(() => decodeChunk(broken), `bit ${bit}`).toThrow(/chunk of/);
    }
  });

  it.each([
    ['an empty packet', new Uint8Array()],
    ['a header alone', encodeChunk({ ...chunk, bytes: new Uint8Array() })],
    ['a number beyond the total', encodeChunk({ ...chunk, n: 9 })],
    ['a total beyond the limit', encodeChunk({ ...chunk, total: 65_537 })],
    ['a cut packet', encodeChunk(chunk).subarray(0, 40)],
    ['more bytes than a chunk may have', encodeChunk({ ...chunk, bytes: new Uint8Array(122_881) })],
  ])('refuses %s', (_, packet) => {
    expect(() => decodeChunk(packet)).toThrow(expect.objectContaining({ name: 'UpdateError', code: 'broken-chunk' }));
  });
});

describe('topics', () => {
  it('stay below 8 levels and name the tenant', () => {
    const topics = topicsOf('acme');
    const { targets, offer, chunk, need, report, event } = topics;
    const all = [targets, offer('c', 'stable'), chunk('0123', 7), need('0123'), report('one'), event('one')];
    expect(all).toEqual([
      'm/acme/meta/targets', 'm/acme/chan/c/stable', 'm/acme/b/0123/7', 'm/acme/b/0123/need', 'm/acme/d/one/st', 'm/acme/d/one/ev',
    ]);
    expect(topicLevel('m/acme/d/one/st', 3)).toBe('one');
    expect(topicLevel('m/acme', 3)).toBe('');
  });

  it.each(['', 'a/b', '+', '#', 'ä', '.hidden', 'x'.repeat(37)])('refuses the name %j', (name) => {
    expect(() => checkName('device', name)).toThrow(/device '.*allowed are 1 to 36 characters/);
  });
});

describe('messages', () => {
  it('name the field that is wrong and are bounded in size', () => {
    expect(() => parseMessage(offerSchema, text('{"v":1,"target":"a","metadata":-1}'), 4096, 'offer')).toThrow(/offer: metadata: /);
    expect(() => parseMessage(offerSchema, text('{"v":1,"target":"a","metadata":1,"extra":1}'), 4096, 'offer')).toThrow(/extra/);
    expect(() => parseMessage(offerSchema, text('{"v":1}'.padEnd(5000)), 4096, 'offer')).toThrow('offer: 5000 bytes, allowed are 4096');
    expect(() => parseMessage(offerSchema, text('nonsense'), 4096, 'offer')).toThrow('offer: not JSON');
    expect(() => parseMessage(needSchema, text('{"v":1,"device":"a/b","total":1,"missing":""}'), 4096, 'need')).toThrow(/device/);
  });

  it('never put foreign control characters or long text into an error', () => {
    expect(excerpt(`\u001b[2Jname\n${'x'.repeat(500)}`)).toBe(`?[2Jname?${'x'.repeat(191)}`);
  });
});

describe('event limit', () => {
  it('counts what it leaves out and passes events that outsiders cannot cause', () => {
    let time = 0;
    const allow = eventLimit(['refused'], 2, () => time);
    expect([1, 2, 3, 4].map(() => allow({ event: 'refused' }))).toEqual([0, 0, undefined, undefined]);
    expect(allow({ event: 'committed' })).toBe(0);
    time = 1000;
    expect([1, 2, 3].map(() => allow({ event: 'refused' }))).toEqual([2, 0, undefined]);
  });
});

describe('shown URL', () => {
  it('hides the password', () => {
    expect(shownUrl('mqtt://user:secret@host:1883')).toBe('mqtt://user:***@host:1883');
    expect(['mqtt://host', 'nonsense'].map(shownUrl)).toEqual(['mqtt://host', 'nonsense']);
  });
});

describe('packet limit', () => {
  const packet = (body: number): Uint8Array => {
    const length: number[] = [];
    for (let rest = body; length.length === 0 || rest > 0; rest >>= 7) length.push((rest & 0x7f) | (rest > 127 ? 0x80 : 0));
    return Uint8Array.of(0x30, ...length, ...new Uint8Array(body));
  };

  it('lets packets pass however they are cut into pieces', () => {
    const stream = Buffer.concat([packet(0), packet(1000), packet(127), packet(128), packet(0)]);
    for (const size of [1, 2, 3, 7, 500, 5000]) {
      const follow = packetLimit(1000);
      for (let at = 0; at < stream.length; at += size) expect(follow(stream.subarray(at, at + size))).toBeUndefined();
    }
  });

  it('stops a packet that is too large at its header', () => {
    const follow = packetLimit(1000);
    expect(follow(packet(1000))).toBeUndefined();
    expect(follow(packet(1001).subarray(0, 3))).toBe(1001);
    expect(packetLimit(1000)(Uint8Array.of(0x30, 0xff, 0xff, 0xff, 0xff, 0xff))).toBeGreaterThan(1000);
  });
});
