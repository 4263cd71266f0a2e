import * as v from 'valibot';
import { checkDirectory } from '../core/arguments.ts';
import { parseOptions } from '../core/options.ts';
import { readModelFile } from '../core/read-file.ts';
import { Model } from '../model.ts';
import { findFile } from './directory.ts';
import { hashOf } from './hash.ts';
import { variantSchema, type Variant } from './manifest.ts';

const statedSchema = v.omit(variantSchema, ['file', 'bytes', 'sha256', 'inputShape']);

/**
 * The entry of a model file in a manifest.
 * @param directory path or file URL
 * @param file path from `directory`, with `/` between folders
 * @throws OptionError for what a manifest may not state or a file that cannot be read, ModelError `outside-directory`, else what `Model.load` throws
 */
export async function describeVariant(directory: string | URL, file: string, stated: Pick<Variant, 'name' | 'precision' | 'accuracy' | 'latency'>): Promise<Variant> {
  const folder = checkDirectory(directory, 'describeVariant: directory');
  const entry = { ...parseOptions(statedSchema, stated, 'describeVariant'), file: parseOptions(variantSchema.entries.file, file, 'describeVariant: file') };
  const content = await readModelFile(await findFile(folder, entry));
  const model = await Model.load(content, { threads: 1, name: file });
  const inputShape = [...(model.inputs[0]?.shape ?? [])];
  await model.close();
  const sha256 = await hashOf(content);
  return parseOptions(variantSchema, { ...entry, bytes: content.length, sha256, inputShape }, `describeVariant: '${file}'`);
}
