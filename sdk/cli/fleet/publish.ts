import { Publisher } from '../../fleet/publisher.ts';
import { openFleet } from '../../fleet/fleet-directory.ts';
import { Model } from '../../model.ts';
import { readModelFile } from '../../core/read-file.ts';
import { printJson, progress } from '../output.ts';
import { formatBytes } from '../table.ts';
import type { CliContext } from '../types.ts';

export interface PublishOptions {
  readonly name: string;
  readonly version: string;
  readonly channel: string;
  readonly class: string;
  readonly expires: number;
  readonly dir: string;
  readonly broker: string;
  readonly json?: boolean;
}

export async function publish(path: string, options: PublishOptions, context: CliContext): Promise<void> {
  const { name, version, channel, class: deviceClass, expires, dir, broker, json } = options;
  await openFleet(dir);
  const bytes = await readModelFile(path);
  progress(context, 'running the golden input');
  const model = await Model.load(bytes, { name: path });
  const publication = await new Publisher({ directory: dir, broker }).publish({
    bytes, name, version, channel, class: deviceClass, format: model.format, expiresDays: expires, open: () => Promise.resolve(model),
  });
  progress(context, '');
  const { counter, sha256, length, chunks, target, metadataVersion, repeated } = publication;
  if (json) {
    const what = { model: name, version, channel, class: deviceClass, counter };
    printJson(context, { ...what, sha256, bytes: length, chunks: chunks.length, target, metadataVersion, repeated });
    return;
  }
  const what = `${name} ${version} for ${deviceClass}/${channel}: release ${counter}, ${formatBytes(length)} in ${chunks.length} chunks`;
  context.stdout.write(`${repeated ? 'signed and announced again' : 'published'} ${what}, sha256 ${sha256}\n`);
}
