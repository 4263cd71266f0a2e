import tseslint from 'typescript-eslint';

const ALLOWED_MATH = 'sqrt|abs|floor|ceil|trunc|round|min|max|fround|imul|clz32';

export default tseslint.config(
  { ignores: ['dist/', 'build/', 'node_modules/', 'kernels/micro/', 'kernels/ops/', 'kernels/generated/', 'kernels/index.ts', '**/generated/', '**/*.d.ts'] },
  {
    files: ['sdk/**/*.ts', 'devices/**/*.ts', 'test/**/*.ts', 'kernels/abi.ts', 'kernels/abi/*.ts', 'vitest.config.ts'],
    extends: [tseslint.configs.strictTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/prefer-literal-enum-member': 'off',
      '@typescript-eslint/no-unnecessary-condition': ['error', { allowConstantLoopConditions: true }],
      eqeqeq: ['error', 'smart'],
      'max-lines': ['error', 400],
      'no-console': 'error',
      'no-warning-comments': ['error', { terms: ['todo', 'fixme', 'xxx', 'hack'] }],
    },
  },
  {
    // Same bits everywhere: other Math functions differ between engine versions.
    files: ['sdk/**/*.ts'],
    ignores: ['sdk/fleet/**', 'sdk/cli/**'],
    rules: {
      'no-restricted-syntax': ['error', {
        selector: `MemberExpression[object.name='Math'][property.name!=/^(${ALLOWED_MATH})$/]`,
        message: `Only Math.{${ALLOWED_MATH.replaceAll('|', ', ')}} give the same bits everywhere; use sdk/core/math.ts.`,
      }],
    },
  },
  {
    files: ['kernels/abi/*.ts'],
    rules: { '@typescript-eslint/no-duplicate-enum-values': 'off' },
  },
  {
    files: ['sdk/cli/**/*.ts', 'test/bench/**/*.ts', 'test/accuracy/evaluate.ts', 'test/consumer.ts', 'test/golden/make.ts', 'test/golden/report.ts', 'test/arm64/report.ts', 'test/verify/main.ts'],
    rules: { 'no-console': 'off' },
  },
  {
    files: ['test/**/*.ts'],
    rules: {
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/require-await': 'off',
      'max-lines': 'off',
    },
  },
  {
    files: ['**/*.mjs'],
    rules: { eqeqeq: ['error', 'smart'], 'no-unused-vars': 'error', 'no-undef': 'off', 'max-lines': ['error', 400] },
  },
);
