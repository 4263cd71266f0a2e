import type { RequantizeMode } from '../../ops/types.ts';
import type { Layout } from '../../vision/image-port.ts';
import type { ResizeMode } from '../../vision/placement.ts';

/** Options of `run` after parsing. */
export interface RunOptions {
  readonly input?: readonly string[];
  readonly image?: string;
  readonly audio?: string;
  readonly output?: string;
  readonly threads?: number;
  readonly top: number;
  readonly requant: RequantizeMode;
  readonly quantizeInput?: boolean;
  readonly labels?: string;
  readonly mean?: number[];
  readonly std?: number[];
  readonly layout?: Layout;
  readonly resize: ResizeMode;
  readonly json?: boolean;
}
