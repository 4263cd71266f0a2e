import fc from 'fast-check';
import type { TfliteModel } from '../../scripts/fixtures/write-tflite.mjs';

/** Changes fields of a model before it is written, so that the file stays a valid FlatBuffer. */
export type FieldEdit =
  | { readonly kind: 'number'; readonly place: number; readonly value: number }
  /** Gives an extent another value in every shape that has it. */
  | { readonly kind: 'extent'; readonly place: number; readonly value: number }
  | { readonly kind: 'list'; readonly place: number; readonly element: number; readonly change: (typeof LIST_CHANGES)[number] };

const LIST_CHANGES = ['remove', 'repeat', 'clear'] as const;

const INTEGERS = [
  0, 1, -1, 2, 3, 4, 5, 7, 8, 9, 16, 17, 32, 127, 128, -128, 255, 1000, 32768, 65535, 65536, 1 << 20, 1 << 24, 1 << 29, 0x7fffffff, -0x80000000,
];
const REALS = [0, -1, NaN, Infinity, -Infinity, 1e-45, 1e-38, 1e-10, 1, 1e10, 3.4e38];

const place = fc.nat(2 ** 31 - 1);

export const fieldEdits: fc.Arbitrary<FieldEdit[]> = fc.array(fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('number' as const), place, value: fc.nat(1000) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('extent' as const), place, value: fc.constantFrom(...INTEGERS) }) },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('list' as const), place, element: place, change: fc.constantFrom(...LIST_CHANGES) }),
  },
), { minLength: 1, maxLength: 2 });

interface Slot {
  readonly holder: Record<string, unknown>;
  readonly key: string;
  /** Holds real numbers. */
  readonly real: boolean;
}

function collect(value: unknown, real: boolean, numbers: Slot[], lists: unknown[][]): void {
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return;
  if (Array.isArray(value)) lists.push(value);
  for (const [key, child] of Object.entries(value)) {
    const childReal = real || key === 'scale' || key === 'beta';
    if (typeof child === 'number') numbers.push({ holder: value as Record<string, unknown>, key, real: childReal });
    else collect(child, childReal, numbers, lists);
  }
}

/** A copy of the model after the edits. */
export function editFields(original: TfliteModel, edits: readonly FieldEdit[]): TfliteModel {
  const model = structuredClone(original);
  for (const edit of edits) {
    const numbers: Slot[] = [];
    const lists: unknown[][] = [];
    collect(model, false, numbers, lists);
    switch (edit.kind) {
      case 'number': {
        const slot = numbers[edit.place % numbers.length];
        if (slot) slot.holder[slot.key] = slot.real ? REALS[edit.value % REALS.length] : INTEGERS[edit.value % INTEGERS.length];
        break;
      }
      case 'extent': {
        const shapes = (model.subgraphs ?? []).flatMap(({ tensors = [] }) => tensors.map(({ shape = [] }) => shape));
        const extents = shapes.flat();
        const old = extents[edit.place % extents.length];
        for (const shape of shapes) shape.forEach((extent, axis) => { if (extent === old) shape[axis] = edit.value; });
        break;
      }
      case 'list': {
        const list = lists[edit.place % lists.length];
        if (!list) break;
        const at = edit.element % (list.length + 1);
        if (edit.change === 'clear') list.length = 0;
        else if (edit.change === 'remove') list.splice(at, 1);
        else list.splice(at, 0, structuredClone(list[0] ?? 0));
      }
    }
  }
  return model;
}
