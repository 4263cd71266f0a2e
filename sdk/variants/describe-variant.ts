import { join } from 'node:path';
import { nodeFs } from '../core/node-fs.ts';
import { Model } from '../model.ts';
import type { Variant } from './manifest.ts';

/**
 * The entry of a model file in a manifest.
 * @param file path from `directory`, with `/` between folders
 * @throws what `Model.load` throws, or the file system's error
 */
export async function describeVariant(directory: string, file: string, stated: Pick<Variant, 'name' | 'precision' | 'accuracy' | 'latency'>): Promise<Variant> {
  const content = await nodeFs.promises.readFile(join(directory, file));
  const model = await Model.load(content, { threads: 1, name: file });
  const inputShape = [...(model.inputs[0]?.shape ?? [])];
  await model.close();
  const sha256 = Buffer.from(await globalThis.crypto.subtle.digest('SHA-256', content)).toString('hex');
  return { ...stated, file, bytes: content.length, sha256, inputShape };
}
