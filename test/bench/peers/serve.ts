import { readFileSync, writeSync } from 'node:fs';
import { measure, type Infer } from './measure.ts';
import type { Failure, Job, JobInput, Outcome, Profile } from './types.ts';

/** File descriptor on which the parent waits for the outcome: engines print to the others. */
export const OUTCOME_FD = 3;
const ANSWER_ELEMENTS = 4096;
const MESSAGE_CHARACTERS = 500;

/** A model ready to run: every `infer` copies the inputs in and leaves the outputs readable. */
export interface OpenModel {
  readonly infer: Infer;
  answer(): ArrayLike<number>;
  profile?(): Profile;
}

export type InputData = Float32Array | Int8Array | Uint8Array;

/** Elements of an input in its own type. */
export function readInput({ file, dtype }: JobInput): InputData {
  const { buffer } = Uint8Array.from(readFileSync(file));
  switch (dtype) {
    case 'float32': return new Float32Array(buffer);
    case 'int8': return new Int8Array(buffer);
    case 'uint8': return new Uint8Array(buffer);
  }
}

function failureOf(error: unknown): Failure {
  const { message = String(error), code } = (error ?? {}) as { message?: string; code?: unknown };
  return { code: typeof code === 'string' ? code : 'rejected', message: message.split('\n').join(' ').slice(0, MESSAGE_CHARACTERS) };
}

async function outcomeOf(job: Job, open: (job: Job) => Promise<OpenModel>): Promise<Outcome> {
  try {
    const model = await open(job);
    const measurement = await measure(model.infer, performance.now(), job.timing);
    const answer = Array.from(model.answer()).slice(0, ANSWER_ELEMENTS);
    const profile = model.profile?.();
    return { measurement: { ...measurement, answer, ...(profile && { profile }) } };
  } catch (error) {
    return { error: failureOf(error) };
  }
}

/** Measures the job of the command line in this process and ends it. An error of the engine is an outcome, too. */
export async function serve(open: (job: Job) => Promise<OpenModel>): Promise<never> {
  const job = JSON.parse(process.argv[2] ?? '') as Job;
  const text = Buffer.from(JSON.stringify(await outcomeOf(job, open)));
  for (let written = 0; written < text.length;) written += writeSync(OUTCOME_FD, text, written);
  process.exit(0);
}
