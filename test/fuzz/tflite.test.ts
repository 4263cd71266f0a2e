import { readFileSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { MODELS } from '../../scripts/fixtures/models.mjs';
import { writeTflite } from '../../scripts/fixtures/write-tflite.mjs';
import { compile } from '../../sdk/compile/compile.ts';
import { ModelError, PlanError } from '../../sdk/core/errors.ts';
import { readTflite } from '../../sdk/formats/tflite/read.ts';
import type { Graph } from '../../sdk/ir/graph.ts';
import type { Plan } from '../../sdk/plan/types.ts';
import { chooseKernels } from '../../sdk/runtime/select.ts';
import { Session } from '../../sdk/runtime/session.ts';
import { fixtureModels } from '../models.ts';
import { applyEdits, byteEdits } from './byte-edits.ts';
import { editFields, fieldEdits } from './field-edits.ts';

const full = process.env['HALFBYTE_FUZZ'] === 'full';
const LIMIT_MS = full ? 900_000 : 60_000;
const MAX_FILE_HEAP = 128 * 2 ** 20;
const MAX_RETAINED_HEAP = 32 * 2 ** 20;

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

function heapBytes(): number {
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

type Outcome = 'run' | 'refused by the reader' | 'refused by the compiler';

const choice = chooseKernels('baseline', 'd16');
const MAX_RUN_MACS = 20e6;
const MAX_RUN_BYTES = 64 * 2 ** 20;

/** Runs a compiled model unless it is only too large for this test; kernels must stay inside their memory, else they trap. */
function runOnce(graph: Graph, plan: Plan): void {
  const work = plan.steps.reduce((sum, step) => sum + step.macs, 0) + plan.buffers.reduce((sum, buffer) => sum + buffer.bytes, 0);
  if (work > MAX_RUN_MACS) return;
  new Session(plan, (tensor) => graph.tensors[tensor]!.data!, { threads: 1, choice, memoryLimit: MAX_RUN_BYTES }).runSync();
}

/** Reads, compiles and runs within bounds of memory, or is refused with one of the two errors that a model may cause. */
function readAndRun(bytes: Uint8Array): Outcome {
  const heap = heapBytes();
  let outcome: Outcome = 'refused by the reader';
  try {
    const graph = readTflite(bytes, 'fuzz.tflite');
    for (const { data } of graph.tensors) if (data) expect(data.buffer).toBe(bytes.buffer);
    outcome = 'refused by the compiler';
    const plan = compile(graph);
    outcome = 'run';
    expect(Number.isSafeInteger(plan.arenaBytes)).toBe(true);
    runOnce(graph, plan);
  } catch (error) {
    if (!(error instanceof ModelError || error instanceof PlanError)) throw error;
    expect(error.message.length).toBeLessThan(2000);
    if (outcome === 'refused by the reader') expect(error.message).toMatch(/^fuzz\.tflite/);
  }
  expect(heapBytes() - heap).toBeLessThan(MAX_FILE_HEAP);
  return outcome;
}

/** Runs a property and checks that it reached reader and compiler and kept no memory. */
function expectSafe<T>(arbitrary: fc.Arbitrary<T>, toBytes: (value: T) => Uint8Array, settings: { numRuns: number; seed: number }): void {
  const outcomes: Record<Outcome, number> = { run: 0, 'refused by the reader': 0, 'refused by the compiler': 0 };
  collectGarbage();
  const heap = heapBytes();
  fc.assert(fc.property(arbitrary, (value) => {
    outcomes[readAndRun(toBytes(value))]++;
  }), settings);
  collectGarbage();
  expect(heapBytes() - heap).toBeLessThan(MAX_RETAINED_HEAP);
  for (const count of Object.values(outcomes)) expect(count).toBeGreaterThan(settings.numRuns / 100);
}

const files = fixtureModels.map(({ name, path }) => {
  const bytes = new Uint8Array(readFileSync(path));
  const weights = readTflite(bytes, name).tensors.flatMap(({ data }) => (data ? [data] : []));
  const inWeights = new Uint8Array(bytes.length);
  for (const { byteOffset, length } of weights) inWeights.fill(1, byteOffset - bytes.byteOffset, byteOffset - bytes.byteOffset + length);
  return { bytes, structure: Array.from(bytes.keys()).filter((at) => inWeights[at] === 0) };
});

test('files with changed bytes run or are refused', () => {
  const change = fc.record({ file: fc.constantFrom(...files), edits: byteEdits });
  expectSafe(change, ({ file, edits }) => applyEdits(file.bytes, file.structure, edits), { numRuns: full ? 7000 : 400, seed: 1 });
}, LIMIT_MS);

test('models with changed fields run or are refused', () => {
  const models = Object.entries(MODELS).filter(([name]) => !name.startsWith('classifier')).map(([name, model]) => model(name, 1));
  const change = fc.record({ model: fc.constantFrom(...models), edits: fieldEdits });
  expectSafe(change, ({ model, edits }) => writeTflite(editFields(model, edits)), { numRuns: full ? 3000 : 200, seed: 2 });
}, LIMIT_MS);
