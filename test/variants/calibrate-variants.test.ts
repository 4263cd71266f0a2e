import { copyFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { measuredLatency } from '../../sdk/power/calibration/profile.ts';
import { calibrateVariants, type CalibrateVariantsOptions } from '../../sdk/variants/calibrate-variants.ts';
import { MANIFEST, type VariantManifest } from '../../sdk/variants/manifest.ts';
import { capture } from '../cli/capture.ts';
import { COLOUR, GREY, variantsIn } from './directory.ts';

const board: CalibrateVariantsOptions['board'] = { name: 'test board', power: { value: { idle: 3, core: 1 } }, thermal: { value: { poles: [{ resistance: 8, seconds: 110 }], limit: 80 } } };

it('variants are calibrated at the first run, and again when a file is another', async () => {
  const directory = variantsIn([GREY]);
  const profile = join(directory, 'profile.json');
  const run = () => calibrateVariants(directory, { board, profile, seconds: 2 });
  const first = await run();
  expect([first.calibrated, first.problem]).toEqual([true, undefined]);
  expect(measuredLatency(first.profile, 'grey').length).toBeGreaterThan(0);
  expect(await run()).toEqual({ profile: first.profile, calibrated: false });
  copyFileSync(COLOUR.path, join(directory, GREY.row.file));
  writeFileSync(join(directory, MANIFEST), JSON.stringify({ format: 1, variants: [{ ...COLOUR.row, name: 'grey', file: GREY.row.file }] } satisfies VariantManifest));
  expect(await run()).toMatchObject({ calibrated: true, problem: expect.stringContaining("its latencies of 'grey' are of other files") });
});

it('a profile that cannot be stored is told before the 30 s of measuring', async () => {
  const directory = variantsIn([GREY]);
  await expect(calibrateVariants(directory, { board, profile: join(directory, 'none', 'profile.json'), seconds: 30 }))
    .rejects.toMatchObject({ name: 'DeviceError', code: 'storage', message: expect.stringContaining('ENOENT') });
  expect(readdirSync(directory)).not.toContain('none');
}, 20_000);

it('the calibration of variants needs to know the board', async () => {
  await expect(calibrateVariants('.', { profile: 'profile.json' } as never)).rejects.toThrow("calibrateVariants: option 'board': missing");
});

it('the command calibrates once and then shows what is stored', async () => {
  const directory = variantsIn([GREY]);
  const { code, stdout } = await capture('power', 'calibrate', directory, '--seconds', '2', '--json');
  expect([code, JSON.parse(stdout)]).toEqual([0, expect.objectContaining({ file: join(directory, 'board-profile.json'), calibrated: true, problem: null })]);
  const again = await capture('power', 'calibrate', directory);
  expect([again.code, again.stdout]).toEqual([0, expect.stringMatching(/board-profile\.json: .+, stored before\n.+\n\nvariant +threads +ms +runs\n.*grey +1 /)]);
});
