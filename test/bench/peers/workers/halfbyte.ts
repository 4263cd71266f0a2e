import { statistics } from '../../../../sdk/cli/bench/statistics.ts';
import type { Model } from '../../../../sdk/index.ts';
import { readInput, serve } from '../serve.ts';
import type { Job, Profile, StepTime } from '../types.ts';

const LEAST_PROFILES = 15;
const MOST_PROFILES = 300;

function sizesOf(fields: Readonly<Record<string, unknown>>): Record<string, number> {
  return Object.fromEntries(Object.entries(fields).filter((entry): entry is [string, number] => typeof entry[1] === 'number'));
}

function profileOf(model: Model, { timing }: Job): Profile {
  const before = model.measurePeak();
  const start = performance.now();
  const profiles: ReturnType<Model['profile']>[] = [];
  while (profiles.length < LEAST_PROFILES || (performance.now() - start < timing.measureMs && profiles.length < MOST_PROFILES)) {
    profiles.push(model.profile());
  }
  const peakGmacs = Math.max(before, model.measurePeak());
  const steps = model.plan.steps.map((step, index): StepTime => ({
    node: step.node,
    kernel: profiles[0]![index]!.kernel,
    macs: step.macs,
    ms: statistics(profiles.map((profile) => profile[index]!.ms)).median,
    sizes: sizesOf(step.fields),
  }));
  return { kernel: model.kernel, dot: model.dot, peakGmacs, steps };
}

await serve(async (job) => {
  const sdk = (await import(job.sdk)) as typeof import('../../../../sdk/index.ts');
  const model = await sdk.Model.load(job.model, { threads: job.threads });
  const sources = job.inputs.map((input) => {
    const { buffer } = readInput(input);
    return new Uint8Array(buffer);
  });
  const targets = model.inputs.map(({ data }) => new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  const infer = job.variant === 'run' ? () => model.run() : () => model.runSync();
  return {
    infer: () => {
      targets.forEach((target, index) => target.set(sources[index]!));
      return infer();
    },
    answer: () => Array.from(model.outputs[0]!.data, Number),
    ...(job.variant === 'runSync' && { profile: () => profileOf(model, job) }),
  };
});
