import { availableParallelism, cpus } from 'node:os';

/** What the speed of a model depends on besides its file. */
export interface Machine {
  /** Instruction set and model of the processor. */
  readonly processor: string;
  /** Cores that this process may use. */
  readonly cores: number;
  /** Major version of Node. */
  readonly node: number;
}

export function thisMachine(): Machine {
  return { processor: `${process.arch} ${cpus()[0]?.model.trim() ?? 'unknown'}`, cores: availableParallelism(), node: Number.parseInt(process.versions.node) };
}
