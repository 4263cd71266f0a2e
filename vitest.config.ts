import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // Boards under emulation need scripts/arm64/setup.mjs.
    exclude: process.env['HALFBYTE_ARM64'] === '1' ? [] : ['test/arm64/*bits.test.ts', 'test/arm64/instructions.test.ts'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
