import type { PlanField } from '../plan/types.ts';

/** The buffer that a field names from its start. */
export function wholeBuffer(field: PlanField | undefined): number | undefined {
  return typeof field === 'object' && 'buffer' in field && (field.offset ?? 0) === 0 ? field.buffer : undefined;
}
