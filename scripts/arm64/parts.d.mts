export type Cpu = 'cortex-a72' | 'cortex-a76';
export const FOLDER: string;
export const EMULATOR: string;
export const PLUGIN: string;
/** Chips of the Raspberry Pi 4 and 5. */
export const CPUS: readonly Cpu[];
/** Major versions of Node. */
export const NODES: readonly number[];
/** Debian packages by a file of theirs. */
export const DEBIAN_FILES: Readonly<Record<string, string>>;
export function nodeFolder(major: number): string;
export function nodeBinary(major: number): string;
/** Files that `scripts/arm64/setup.mjs` has yet to bring. */
export function missingParts(majors: readonly number[]): string[];
/** Arguments of EMULATOR that start Node on `cpu`; with `counts`, instruction counts go to that file. */
export function emulatorArguments(major: number, cpu: Cpu, counts?: string): string[];
