// Share of equal bytes and largest difference against LiteRT for each model: npm run evaluate
import { assets } from '../assets.ts';
import { goldenCases } from './cases.ts';
import { compareWithLiteRt } from './compare.ts';

const rows: Record<string, Record<string, string | number>> = {};
for (const item of goldenCases('test/fixtures', assets)) {
  const { engine, elements, equal, steps, relative, flips } = await compareWithLiteRt(item);
  rows[item.name] = {
    elements, 'equal %': (100 * equal).toFixed(2), 'largest steps': steps, 'largest relative': relative.toExponential(1),
    'top-1 flips': flips, engine,
  };
}
console.table(rows);
