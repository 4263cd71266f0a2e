import { readFileSync } from 'node:fs';

/** `0-2,5` -> 0, 1, 2, 5: the list format of cpuset(7). */
export function parseCpuList(text: string): number[] {
  return text.trim().split(',').flatMap((part) => {
    const [first = 0, last = first] = part.split('-').map(Number);
    return Array.from({ length: last - first + 1 }, (_, index) => first + index);
  });
}

/** The first `count` cores this process may use. @throws Error when there are fewer. */
export function firstCores(count: number): number[] {
  const list = /^Cpus_allowed_list:\s*(.+)$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1] ?? '0';
  const cores = parseCpuList(list);
  if (cores.length >= count) return cores.slice(0, count);
  throw new Error(`--threads: ${count} threads need ${count} cores, this process may use ${cores.length} (${list})`);
}
