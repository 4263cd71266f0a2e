import { expect, test } from 'vitest';
import { formatBytes, formatMs, formatTable } from '../../sdk/cli/table.ts';

test('columns are as wide as their widest cell; numbers align right', () => {
  expect(formatTable([['name', 'n'], ['a', '10'], ['long name', '2']], [1])).toBe('name        n\na          10\nlong name   2\n');
});

test('bytes and milliseconds', () => {
  expect([0, 999, 1000, 1_234_567, 5e12].map(formatBytes)).toEqual(['0 bytes', '999 bytes', '1.0 kB', '1.2 MB', '5000.0 GB']);
  expect([0.012345, 1.5, 99.94, 1234.5].map(formatMs)).toEqual(['0.0123', '1.50', '99.9', '1235']);
});
