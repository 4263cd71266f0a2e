/** Samples of the longest clip: 128 MiB, 35 minutes at 16 kHz. */
export const MAX_SAMPLES = 2 ** 25;

/** Samples a second a file or source may have. */
export const SAMPLE_RATES = [1000, 384_000] as const;

export const MAX_CHANNELS = 32;
