import { d16 } from './d16.ts';
import { e16 } from './e16.ts';
import { rd } from './rd.ts';
import type { DotVariant, Pack } from './types.ts';

export const packs: Readonly<Record<DotVariant, Pack>> = { d16, e16, rd };
