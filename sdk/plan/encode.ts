import type { Plan } from './types.ts';

function sortMembers(_key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** JSON text of a plan: members sorted, so that equal plans give equal text; constants made by the compiler in base64. */
export function encode(plan: Plan): string {
  const constants = plan.constants.map(({ data, ...constant }) => ({
    ...constant,
    ...(data && { data: Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString('base64') }),
  }));
  return JSON.stringify({ ...plan, constants }, sortMembers);
}
