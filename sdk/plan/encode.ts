import type { Plan } from './types.ts';

/** JSON text of a plan; constants made by the compiler are base64. Equal plans give equal text. */
export function encode(plan: Plan): string {
  const constants = plan.constants.map(({ data, ...constant }) => ({
    ...constant,
    ...(data && { data: Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString('base64') }),
  }));
  return JSON.stringify({ ...plan, constants });
}
