import { describe, expect, it } from 'vitest';
import { cgroupMemory, cpuGroups } from '../../sdk/core/cgroup.ts';
import { cgroupCpus } from '../../sdk/runtime/threads.ts';
import { Tree, type Files } from '../devices/tree.ts';

const service = 'sys/fs/cgroup/system.slice/camera.service';
const own = { 'proc/self/cgroup': '0::/system.slice/camera.service\n' };
const cpuV1 = 'sys/fs/cgroup/cpu,cpuacct';
const ownV1 = { 'proc/self/cgroup': '12:memory:/docker/0123\n4:cpu,cpuacct:/docker/0123\n1:name=systemd:/docker\n' };
const quotaV1 = (folder: string, quota: number): Files => ({
  [`${folder}/cpu.cfs_quota_us`]: `${quota}\n`, [`${folder}/cpu.cfs_period_us`]: '100000\n',
});

describe('CPU quota of the control groups', () => {
  it.each<[string, number, Files]>([
    ['a service with CPUQuota=', 1.5, { ...own, [`${service}/cpu.max`]: '150000 100000\n' }],
    ['a slice above the service with a smaller one', 0.5, {
      ...own, [`${service}/cpu.max`]: '150000 100000\n', 'sys/fs/cgroup/system.slice/cpu.max': '50000 100000\n',
    }],
    ['a service without one in a slice with one', 3, {
      ...own, [`${service}/cpu.max`]: 'max 100000\n', 'sys/fs/cgroup/system.slice/cpu.max': '300000 100000\n',
    }],
    ['a container that sees only its own group', 2, { ...own, 'sys/fs/cgroup/cpu.max': '200000 100000\n' }],
    ['a container whose procfs shows no groups', 2, { 'sys/fs/cgroup/cpu.max': '200000 100000\n' }],
    ['version 1, the own group', 0.5, { ...ownV1, ...quotaV1(`${cpuV1}/docker/0123`, 50_000), ...quotaV1(cpuV1, -1) }],
    ['version 1, a group above', 0.25, { ...ownV1, ...quotaV1(`${cpuV1}/docker/0123`, 50_000), ...quotaV1(`${cpuV1}/docker`, 25_000) }],
    ['version 1, a container that sees only its own group', 1, { ...ownV1, ...quotaV1('sys/fs/cgroup/cpu', 100_000) }],
    ['no quota', Infinity, { ...own, [`${service}/cpu.max`]: 'max 100000\n', ...quotaV1(cpuV1, -1) }],
    ['damaged files', Infinity, { 'proc/self/cgroup': '0:\nmany\n', 'sys/fs/cgroup/cpu.max': '100000 0\n' }],
    ['no files', Infinity, {}],
  ])('%s: %d CPUs', (_, cpus, files) => {
    using tree = new Tree(files);
    expect(cgroupCpus(tree.root)).toBe(cpus);
  });

  it('names the folder of each group below the root, innermost first', () => {
    using tree = new Tree(own);
    expect(cpuGroups(tree.root).slice(0, 3).map(({ folder }) => folder)).toEqual([service, 'sys/fs/cgroup/system.slice', 'sys/fs/cgroup']);
  });
});

describe('memory limit of the control groups', () => {
  it.each<[string, number, Files]>([
    ['a service with MemoryMax=', 2e8, { ...own, [`${service}/memory.max`]: '200000000\n' }],
    ['a slice above the service with a smaller one', 1e8, {
      ...own, [`${service}/memory.max`]: '200000000\n', 'sys/fs/cgroup/system.slice/memory.max': '100000000\n',
    }],
    ['a container that sees only its own group', 3e8, { ...own, 'sys/fs/cgroup/memory.max': '300000000\n' }],
    ['version 1', 1e8, {
      ...ownV1,
      'sys/fs/cgroup/memory/docker/0123/memory.limit_in_bytes': '100000000\n',
      'sys/fs/cgroup/memory/memory.limit_in_bytes': '9223372036854771712\n',
    }],
    ['no limit', Infinity, { ...own, [`${service}/memory.max`]: 'max\n', 'sys/fs/cgroup/memory/memory.limit_in_bytes': '9223372036854771712\n' }],
  ])('%s: %d bytes', (_, bytes, files) => {
    using tree = new Tree(files);
    expect(cgroupMemory(tree.root)).toBe(bytes);
  });
});
