import type { PlanBand, PlanStep } from '../plan/types.ts';
import type { LoweredGraph } from './lower.ts';
import { wholeBuffer } from './whole-buffer.ts';

/** Fewer blocks would not split evenly over threads. */
const LEAST_BLOCKS = 8;
/** Bytes that the step before writes at a time: they stay in a second-level cache shared by four cores. */
const PULLED_BYTES = 65_536;

/** A step that computes its output in consecutive blocks of `elements`, each of `units` units. */
interface Blocks {
  readonly elements: number;
  readonly units: number;
}

function numberOf(step: PlanStep, name: string): number {
  const field = step.fields[name];
  return typeof field === 'number' ? field : 0;
}

function buffersOf({ fields }: PlanStep): number[] {
  return Object.values(fields).flatMap((field) => (typeof field === 'object' && 'buffer' in field ? [field.buffer] : []));
}

function inputsOf({ fields }: PlanStep): number[] {
  return Object.entries(fields).flatMap(([name, field]) => (typeof field === 'object' && 'buffer' in field && name !== 'OUTPUT' ? [field.buffer] : []));
}

const PRODUCTS = ['GemmParams', 'Conv2dParams', 'GemmF32Params', 'Conv2dF32Params'];
const POINTWISE = ['GemmParams', 'GemmF32Params'];
const DEPTHWISE = ['Dwconv2dParams', 'Dwconv2dF32Params'];

function productBlocks(step: PlanStep): Blocks | undefined {
  if (!PRODUCTS.includes(step.params)) return undefined;
  const rowBlocks = Math.ceil(numberOf(step, 'ROWS') / numberOf(step, 'BLOCK_ROWS'));
  return { elements: numberOf(step, 'BLOCK_ROWS') * numberOf(step, 'COLUMNS'), units: step.units / rowBlocks };
}

/** Whether a step combines elements at the same place, `count` of them. */
function isFollower(step: PlanStep, count: number): boolean {
  const { fields } = step;
  return fields['BLOCK'] !== undefined && fields['A'] !== undefined && numberOf(step, 'COUNT') === count && numberOf(step, 'RANK') === 0
    && numberOf(step, 'A_STEP') === 1 && numberOf(step, 'B_STEP') === 1 && wholeBuffer(fields['OUTPUT']) !== undefined;
}

/** Rows of a depthwise convolution, in bytes of its output, when a product reads nothing else of it than its own rows. */
function leadRows(lead: PlanStep, pace: PlanStep): number | undefined {
  const output = wholeBuffer(lead.fields['OUTPUT']);
  if (!DEPTHWISE.includes(lead.params) || !POINTWISE.includes(pace.params) || output === undefined || wholeBuffer(pace.fields['INPUT']) !== output) return undefined;
  const rows = numberOf(pace, 'ROWS') / numberOf(lead, 'OUTPUT_WIDTH');
  return rows === lead.units && numberOf(lead, 'CHANNELS') === numberOf(pace, 'DEPTH') ? numberOf(lead, 'OUTPUT_WIDTH') : undefined;
}

interface Candidate {
  readonly band: PlanBand;
  /** Elements of a block of the steps that follow. */
  readonly elements: number;
}

function candidateAt(steps: readonly PlanStep[], first: number): Candidate | undefined {
  const head = steps[first]!;
  const next = steps[first + 1];
  const width = next && leadRows(head, next);
  const pace = width === undefined ? first : first + 1;
  const product = steps[pace]!;
  const blocks = productBlocks(product);
  if (blocks === undefined || product.units / blocks.units < LEAST_BLOCKS) return undefined;
  const read = [...inputsOf(product), ...(width === undefined ? [] : inputsOf(head))];
  const written = (step: PlanStep): number => wholeBuffer(step.fields['OUTPUT']) ?? -1;
  if (read.includes(written(product)) || (width !== undefined && inputsOf(head).includes(written(head)))) return undefined;
  const count = numberOf(product, 'ROWS') * numberOf(product, 'COLUMNS');
  let last = pace;
  while (last + 1 < steps.length && isFollower(steps[last + 1]!, count) && !read.includes(written(steps[last + 1]!))) last++;
  if (last === first) return undefined;
  const elementBytes = head.params.includes('F32') ? 4 : 1;
  const rowBytes = (width ?? 1) * numberOf(head, 'CHANNELS') * elementBytes;
  return {
    band: {
      first, pace, last,
      blockUnits: blocks.units,
      blockRows: numberOf(product, 'BLOCK_ROWS'),
      leadRows: width ?? 0,
      leadUnits: width === undefined ? 0 : Math.max(2, Math.floor(PULLED_BYTES / rowBytes / 2) * 2),
    },
    elements: blocks.elements,
  };
}

/** Bytes of the buffers alive at each step. */
function bytesAlive(buffers: LoweredGraph['buffers'], steps: number): number[] {
  const changes = new Array<number>(steps + 1).fill(0);
  for (const { bytes, live: [first, last] } of buffers) {
    if (last < 0 || first > last) continue;
    changes[Math.max(0, first)]! += bytes;
    changes[Math.min(last + 1, steps)]! -= bytes;
  }
  let sum = 0;
  return changes.slice(0, steps).map((change) => (sum += change));
}

/**
 * Joins steps that a thread can run block by block, so that what one hands to the next is still in its cache and no barrier stands between them:
 * a depthwise convolution with the pointwise one that reads it, and products with the elementwise steps that follow, residual additions above all.
 * Buffers of joined steps live through all of them; steps are joined only where that does not raise the largest sum of live buffers.
 */
export function planBands(graph: LoweredGraph): LoweredGraph & { readonly bands: readonly PlanBand[] } {
  const steps = [...graph.steps];
  const buffers = [...graph.buffers];
  const alive = bytesAlive(buffers, steps.length);
  const limit = alive.reduce((most, bytes) => Math.max(most, bytes), 0);
  const bands: PlanBand[] = [];
  for (let first = 0; first < steps.length; first++) {
    const candidate = candidateAt(steps, first);
    if (candidate === undefined) continue;
    const { band, elements } = candidate;
    const { last } = band;
    const touched = [...new Set(steps.slice(first, last + 1).flatMap(buffersOf))];
    const sums = alive.slice(first, last + 1).map((bytes, index) => (
      bytes + touched.reduce((sum, id) => (buffers[id]!.live[0] <= first + index && first + index <= buffers[id]!.live[1] ? sum : sum + buffers[id]!.bytes), 0)
    ));
    if (sums.some((sum) => sum > limit)) continue;
    alive.splice(first, sums.length, ...sums);
    for (const id of touched) {
      const { live } = buffers[id]!;
      buffers[id] = { ...buffers[id]!, live: [Math.min(live[0], first), Math.max(live[1], last)] };
    }
    for (let index = band.pace + 1; index <= last; index++) {
      const step = steps[index]!;
      steps[index] = { ...step, fields: { ...step.fields, BLOCK: elements }, units: Math.ceil(numberOf(step, 'COUNT') / elements) };
    }
    bands.push(band);
    first = last;
  }
  return { ...graph, steps, buffers, bands };
}
