import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compile } from '../../sdk/compile/compile.ts';
import { PlanError } from '../../sdk/core/errors.ts';
import { decode } from '../../sdk/plan/decode.ts';
import { encode } from '../../sdk/plan/encode.ts';
import { residualNet } from '../ops/graphs.ts';

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
type JsonObject = Record<string, Json>;

const RUNS = process.env['HALFBYTE_FUZZ'] === 'full' ? 20_000 : 1000;
const plan = compile(residualNet());
const text = encode(plan);

function at(document: Json, path: readonly (string | number)[]): Json {
  return path.reduce<Json>((value, key) => (value as JsonObject)[key]!, document);
}

/** The plan with one value replaced; undefined removes it. */
function replaced(path: readonly (string | number)[], value: Json | undefined): string {
  const document = JSON.parse(text) as Json;
  const parent = at(document, path.slice(0, -1)) as JsonObject;
  const key = path.at(-1)!;
  if (value === undefined) Reflect.deleteProperty(parent, key);
  else parent[key] = value;
  return JSON.stringify(document);
}

function failure(encoded: string): PlanError {
  let error: unknown;
  try {
    decode(encoded);
  } catch (thrown) {
    error = thrown;
  }
  expect(error).toBeInstanceOf(PlanError);
  return error as PlanError;
}

const blocks = { blockUnits: 1, blockRows: 1, leadRows: 0, leadUnits: 0 };

describe('encode and decode', () => {
  it('give the same plan and the same text again', () => {
    expect(decode(text)).toEqual(plan);
    expect(encode(decode(text)) === text).toBe(true);
  });

  it('keep embedded constants byte for byte', () => {
    const embedded = plan.constants.findIndex(({ data }) => data !== undefined);
    expect(decode(text).constants[embedded]!.data).toEqual(plan.constants[embedded]!.data);
  });
});

describe('decode', () => {
  it.each<readonly [string, readonly (string | number)[], Json | undefined, RegExp]>([
    ['a missing member', ['steps'], undefined, /plan: steps is wrong/],
    ['an unknown member', ['steps', 0, 'extra'], 1, /steps\.0\.extra is wrong/],
    ['an offset off the grid', ['buffers', 1, 'offset'], 32, /buffers\.1\.offset is wrong/],
    ['a negative size', ['buffers', 0, 'bytes'], -1, /buffers\.0\.bytes is wrong/],
    ['a fraction', ['steps', 2, 'units'], 1.5, /steps\.2\.units is wrong/],
    ['a buffer past the arena', ['buffers', 0, 'bytes'], 1_000_000, /buffers\.0 ends at \d+, past the arena/],
    ['a lifetime past the last step', ['buffers', 0, 'live'], [0, 99], /buffers\.0\.live is 0 to 99; the plan has 8 steps/],
    ['a lifetime backwards', ['buffers', 0, 'live'], [3, 2], /buffers\.0\.live is 3 to 2/],
    ['a lower bound above the arena', ['arenaLowerBound'], 1_000_000, /arenaLowerBound is 1000000, more than arenaBytes/],
    ['an unknown layout', ['constants', 0, 'layout', 'kind'], 'panels', /constants\.0\.layout\.kind is wrong/],
    ['a layout of another size', ['constants', 0, 'layout', 'columns'], 9, /constants\.0\.bytes is 216; its layout takes 243/],
    ['no source', ['constants', 0, 'tensor'], undefined, /constants\.0 must have either tensor or data/],
    ['two sources', ['constants', 0, 'data'], 'AAAA', /constants\.0 must have either tensor or data/],
    ['text that is not base64', ['constants', 2, 'data'], 'AA-_', /constants\.2\.data is not base64/],
    ['short data', ['constants', 2, 'data'], 'AAAA', /constants\.2\.data has 3 bytes; bytes states 32/],
    ['a bias for other weights', ['constants', 1, 'layout', 'weights'], 3, /constants\.1\.layout\.weights is 3, which is no gemm-weights constant/],
    ['an unknown buffer', ['steps', 0, 'fields', 'INPUT'], { buffer: 99 }, /steps\.0\.fields\.INPUT refers to buffer 99, which does not exist/],
    ['an unknown constant', ['steps', 0, 'fields', 'WEIGHTS'], { constant: 99 }, /steps\.0\.fields\.WEIGHTS refers to constant 99/],
    [
      'an offset past its buffer',
      ['steps', 0, 'fields', 'INPUT'],
      { buffer: 0, offset: 244 },
      /fields\.INPUT\.offset is 244, past the 243 bytes of 'picture'/,
    ],
    ['a field that is no int32', ['steps', 0, 'fields', 'ROWS'], 4294967296, /steps\.0\.fields\.ROWS is wrong/],
    ['a clamp that is no int8', ['steps', 0, 'fields', 'MIN'], { splat: 'i8', value: 128 }, /steps\.0\.fields\.MIN is wrong/],
    ['a double for a float32', ['steps', 3, 'fields', 'BIAS'], { splat: 'f32', value: 0.1 }, /steps\.3\.fields\.BIAS is wrong/],
    ['a band of one step', ['bands'], [{ first: 0, pace: 0, last: 0, ...blocks }], /bands\.0 joins steps 0 to 0; allowed are two or more of steps 0 to 7/],
    ['a band whose pace is behind its second step', ['bands'], [{ first: 0, pace: 2, last: 2, ...blocks }], /bands\.0\.pace is 2; allowed are 0 and 1/],
    ['a band that waits for no rows', ['bands'], [{ first: 0, pace: 1, last: 1, ...blocks }], /bands\.0\.leadUnits and leadRows must be above 0/],
    ['a band past the last step', ['bands'], [{ first: 6, pace: 6, last: 8, ...blocks }], /bands\.0 joins steps 6 to 8/],
    ['blocks that divide no units', ['bands'], [{ first: 0, pace: 0, last: 1, ...blocks, blockUnits: 1000 }], /bands\.0\.blockUnits is 1000, which does not divide/],
    ['a port of another size', ['inputs', 0, 'shape'], [1, 9, 9, 4], /inputs\.0\.shape takes 324 bytes as int8; its buffer has 243/],
    ['a port without a buffer', ['outputs', 0, 'buffer'], 77, /outputs\.0\.buffer is 77/],
    ['a scale of 0', ['inputs', 0, 'quantization', 'scales'], [0], /inputs\.0\.quantization\.scales\.0 is wrong/],
    ['an unknown dtype', ['inputs', 0, 'dtype'], 'int7', /inputs\.0\.dtype is wrong/],
  ])('refuses %s and names the field', (_name, path, value, message) => {
    expect(failure(replaced(path, value)).message).toMatch(message);
  });

  it('refuses what is no JSON object', () => {
    expect(failure('{').message).toMatch(/^plan: not JSON/);
    for (const encoded of ['null', '[]', '"plan"', '1e999', '']) expect(failure(encoded).code).toBe('invalid-plan');
  });

  it('refuses text beyond its limit before parsing it', () => {
    expect(failure(' '.repeat(67_108_865)).message).toMatch(/text has 67108865 characters/);
  });

  it('refuses codes whose scales are no raw constant of one scale an output', () => {
    const scales = { name: 'scales', bytes: 8, layout: { kind: 'raw' as const }, data: new Uint8Array(8) };
    const at = plan.constants.length;
    const codesOf = (columns: number, id: number) => ({
      name: 'codes', bytes: columns * 3, layout: { kind: 'gemm-f32-codes' as const, columns, depth: 3, scales: id }, data: new Uint8Array(columns * 3),
    });
    const withCodes = (columns: number, id: number): string => encode({ ...plan, constants: [...plan.constants, scales, codesOf(columns, id)] });
    expect(decode(withCodes(2, at)).constants.at(-1)!.layout).toEqual({ kind: 'gemm-f32-codes', columns: 2, depth: 3, scales: at });
    for (const [columns, id] of [[3, at], [2, 0], [2, at + 9]] as const) {
      expect(failure(withCodes(columns, id)).message).toMatch(new RegExp(`constants\\.${at + 1}\\.layout\\.scales is ${id}, which is no raw constant of ${columns} scales`));
    }
  });

  it('reads long base64', () => {
    const data = new Uint8Array(8_000_001).fill(7);
    const constants = [...plan.constants, { name: 'long', bytes: data.length, layout: { kind: 'raw' as const }, data }];
    expect(Buffer.compare(decode(encode({ ...plan, constants })).constants.at(-1)!.data!, data)).toBe(0);
  });

  it('throws nothing but PlanError on mutated values', () => {
    const paths: (string | number)[][] = [];
    const walk = (value: Json, path: (string | number)[]): void => {
      if (path.length > 0) paths.push(path);
      if (typeof value === 'object' && value !== null) {
        for (const [key, item] of Object.entries(value)) walk(item, [...path, Array.isArray(value) ? Number(key) : key]);
      }
    };
    walk(JSON.parse(text) as Json, []);
    const hostile = fc.oneof(
      fc.constantFrom<Json | undefined>(
        undefined, null, true, '', '__proto__', -1, 0, 1.5, 1e308, 4294967296, [], {}, { buffer: 0 }, { kind: 'raw' },
      ),
      fc.integer(),
      fc.jsonValue({ maxDepth: 2 }) as fc.Arbitrary<Json>,
    );
    fc.assert(fc.property(fc.constantFrom(...paths), hostile, (path, value) => {
      try {
        decode(replaced(path, value));
      } catch (error) {
        expect(error).toBeInstanceOf(PlanError);
      }
    }), { seed: 8, numRuns: RUNS });
  });

  it('throws nothing but PlanError on mutated text', () => {
    fc.assert(fc.property(fc.nat(text.length), fc.nat(40), fc.string({ maxLength: 6 }), (start, length, insert) => {
      try {
        decode(text.slice(0, start) + insert + text.slice(start + length));
      } catch (error) {
        expect(error).toBeInstanceOf(PlanError);
      }
    }), { seed: 9, numRuns: RUNS });
  });
});
