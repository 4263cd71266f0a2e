/** Builds the kernel modules where their sources changed. */
export function buildKernels(): Promise<void>;
