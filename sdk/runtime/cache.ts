import { nodeFs } from '../core/node-fs.ts';

/** What the A53 boards' four cores share, and one A76 core has. */
const ASSUMED_BYTES = 1 << 19;

/** Bytes of the second-level cache of the first core, from Linux' sysfs ("512K"); 512 KB where it does not say. */
export function secondLevelCache(root = '/sys/devices/system/cpu/cpu0/cache'): number {
  try {
    const [, count, unit] = /^(\d+)([KM])$/.exec(nodeFs.readFileSync(`${root}/index2/size`, 'utf8').trim())!;
    return Number(count) << (unit === 'K' ? 10 : 20);
  } catch {
    return ASSUMED_BYTES;
  }
}
