import { formatShape } from '../../core/shape.ts';
import { Model } from '../../model.ts';
import type { Port } from '../../runtime/types.ts';
import { printJson, progress } from '../output.ts';
import { formatBytes, formatTable } from '../table.ts';
import type { CliContext } from '../types.ts';
import { summarize } from './summarize.ts';

/** Options of `inspect` after parsing. */
export interface InspectOptions {
  readonly plan?: boolean;
  readonly json?: boolean;
}

type PortInfo = Pick<Port, 'name' | 'dtype' | 'shape' | 'quantization'>;

function portInfo({ name, dtype, shape, quantization }: Port): PortInfo {
  return { name, dtype, shape, ...(quantization && { quantization }) };
}

function describe(model: Model, withPlan: boolean) {
  const { plan } = model;
  return {
    model: model.name,
    format: model.format,
    inputs: model.inputs.map(portInfo),
    outputs: model.outputs.map(portInfo),
    ...summarize(model.graph),
    macs: plan.steps.reduce((sum, step) => sum + step.macs, 0),
    arenaBytes: plan.arenaBytes,
    arenaLowerBound: plan.arenaLowerBound,
    memoryBytes: model.memoryBytes,
    kernel: model.kernel,
    dot: model.dot,
    ...(withPlan && {
      steps: plan.steps.map(({ node, op, kernel, units, macs, scratch }, step) => ({ step, node, op, kernel, units, macs, scratch })),
      buffers: plan.buffers.map(({ name, bytes, offset, live }) => ({ name, bytes, offset, live })),
    }),
  };
}

function portRow(kind: string, { name, dtype, shape, quantization }: PortInfo): string[] {
  const [scale] = quantization?.scales ?? [];
  const codes = scale === undefined ? '' : `${scale.toPrecision(6)} * (code - ${quantization?.zeroPoints[0] ?? 0})`;
  return [kind, name, dtype, formatShape(shape), codes];
}

function printText(result: ReturnType<typeof describe>, context: CliContext): void {
  const write = (text: string): void => void context.stdout.write(text);
  write(`${result.model}: ${result.format}\n\n`);
  write(formatTable([
    ['', 'name', 'dtype', 'shape', 'real value'],
    ...result.inputs.map((port) => portRow('input', port)),
    ...result.outputs.map((port) => portRow('output', port)),
  ]));
  write(`\n${formatTable([['operator', 'calls'], ...Object.entries(result.ops).map(([op, count]) => [op, String(count)])], [1])}`);
  write(`\n${formatTable([
    ['weights', `${result.weights} in ${formatBytes(result.weightBytes)}, ${result.bitsPerWeight.toFixed(2)} bits each, mostly ${result.variant}`],
    ['multiply-accumulates', `${(result.macs / 1e6).toFixed(2)} million a run`],
    ['activations', `${formatBytes(result.arenaBytes)} (at least ${formatBytes(result.arenaLowerBound)})`],
    ['shared memory', formatBytes(result.memoryBytes)],
    ['kernels', `${result.kernel}, dot product ${result.dot}`],
  ])}`);
  if (result.steps) {
    const rows = result.steps.map(({ step, node, kernel, units, macs }) => [String(step), node, kernel, String(units), String(macs)]);
    write(`\n${formatTable([['step', 'node', 'kernel', 'units', 'macs'], ...rows], [0, 3, 4])}`);
  }
  if (result.buffers) {
    const rows = result.buffers.map(({ name, bytes, offset, live }) => [name, String(offset), String(bytes), `${live[0]} to ${live[1]}`]);
    write(`\n${formatTable([['buffer', 'offset', 'bytes', 'steps'], ...rows], [1, 2])}`);
  }
}

/** The `inspect` command. */
export async function inspectModel(path: string, options: InspectOptions, context: CliContext): Promise<void> {
  progress(context, `loading ${path}`);
  const model = await Model.load(path, { threads: 1 });
  try {
    const result = describe(model, options.plan ?? false);
    progress(context, '');
    if (options.json) printJson(context, result);
    else printText(result, context);
  } finally {
    await model.close();
  }
}
