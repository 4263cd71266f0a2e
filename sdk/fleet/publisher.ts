import { randomBytes, randomInt } from 'node:crypto';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { Metadata, TargetFile, Targets } from '@tufjs/models';
import * as v from 'valibot';
import { UpdateError } from '../core/errors.ts';
import { parseOptions } from '../core/options.ts';
import { announcementsOf, readCatalog, type Catalog } from './catalog.ts';
import { causeOf } from './cause.ts';
import { CHUNK_BYTES } from './chunk.ts';
import { connectOnce } from './connect-once.ts';
import { replaceFile } from './durable-file.ts';
import { exclusively } from './exclusive.ts';
import { nodeFileSystem } from './file-system.ts';
import { expiresIn, openFleet, type FleetDirectory } from './fleet-directory.ts';
import { runGolden } from './golden.ts';
import type { OpenModel } from './loaded-model.ts';
import { nameSchema, versionSchema } from './messages.ts';
import { releaseOf, type Golden, type Release, type ReleaseCustom } from './release.ts';
import { sha256 } from './sha256.ts';
import { transportFor } from './transports/index.ts';
import { usable } from './usable.ts';

const name = v.pipe(v.string(), nameSchema);

const publisherSchema = v.strictObject({
  /** Directory made by `fleet init`. */
  directory: v.pipe(v.string(), v.nonEmpty()),
  /** Broker that the release is announced on. */
  broker: v.optional(v.string(), 'mqtt://127.0.0.1:1883'),
});

const namedSchema = v.strictObject({
  name,
  version: versionSchema,
  /** File format, e.g. `tflite`. */
  format: name,
  class: v.optional(name, 'default'),
  channel: v.optional(name, 'stable'),
  /** Bytes of a chunk. */
  chunkSize: v.optional(v.pipe(v.number(), v.integer(), v.minValue(CHUNK_BYTES.least), v.maxValue(CHUNK_BYTES.most)), CHUNK_BYTES.default),
  /** Days that the signature is accepted. */
  expiresDays: v.optional(v.pipe(v.number(), v.minValue(0)), 365),
});

const modelSchema = v.strictObject({
  ...namedSchema.entries,
  bytes: v.pipe(v.instance(Uint8Array), v.check((bytes) => bytes.length > 0, 'must not be empty')),
  open: v.function(),
});

type Options = v.InferOutput<typeof modelSchema>;
type NamedModel = v.InferInput<typeof namedSchema>;

export type PublisherOptions = v.InferInput<typeof publisherSchema>;
export interface ModelToPublish extends NamedModel {
  /** The model file. */
  readonly bytes: Uint8Array;
  /** Opens the model, to record what it answers to the golden input. */
  readonly open: OpenModel;
}

/** A signed release and the version of the metadata that has it. */
export interface Publication extends Release {
  readonly metadataVersion: number;
  /** The class and channel had it already: devices that run it, or refused it, do nothing. */
  readonly repeated: boolean;
}

/** Signs models and announces them to the fleet. */
export class Publisher {
  readonly #options: v.InferOutput<typeof publisherSchema>;

  /** @throws OptionError */
  constructor(options: PublisherOptions) {
    this.#options = parseOptions(publisherSchema, options, 'Publisher');
    transportFor(this.#options.broker);
  }

  /**
   * Runs the golden input, signs the release, stores it in the directory and announces it. What the class and channel have already stays the
   * release it is: it is signed for `expiresDays` from now and announced again.
   * @throws OptionError, what `open` throws, or UpdateError; after `offline` the release is signed and stored: a starting controller announces it, or the same call again
   */
  async publish(model: ModelToPublish): Promise<Publication> {
    const options = parseOptions(modelSchema, model, 'publish');
    const fleet = await openFleet(this.#options.directory);
    const golden = await goldenOf(model.open, options.bytes, await seedOf(fleet, options));
    const publication = await usable(this.#options.directory, () => exclusively(`${fleet.targetsPath}.lock`, () => store(fleet, options, golden)));
    try {
      await this.#announce(fleet, await readCatalog(fleet), fleet.topics.offer(options.class, options.channel));
    } catch (cause) {
      const { counter, version } = publication;
      throw new UpdateError('offline', `release ${counter} (${options.name} ${version}) is signed and stored, but not announced: ${causeOf(cause).message}; ` +
        `then publish the same again, which stays release ${counter}`, { cause });
    }
    return publication;
  }

  async #announce(fleet: FleetDirectory, catalog: Catalog, offered: string): Promise<void> {
    const transport = await connectOnce({ url: this.#options.broker, clientId: `p-${randomBytes(8).toString('hex')}`, message: () => undefined });
    try {
      const announcements = announcementsOf(fleet, catalog).filter(({ topic }) => topic === fleet.topics.targets || topic === offered);
      for (const { topic, payload } of announcements) await transport.publish(topic, payload, { qos: 1, retain: true });
    } finally {
      await transport.close();
    }
  }
}

async function store(fleet: FleetDirectory, options: Options, golden: Golden): Promise<Publication> {
  const catalog = await readCatalog(fleet);
  const target = nextTarget(options, golden, catalog);
  const release = releaseOf(target);
  const metadata = await sign(fleet, catalog, target, expiresIn(new Date(), options.expiresDays));
  await replaceFile(nodeFileSystem, join(fleet.blobs, release.sha256), options.bytes);
  await replaceFile(nodeFileSystem, fleet.targetsPath, Buffer.from(`${JSON.stringify(metadata.toJSON())}\n`));
  const repeated = catalog.releases.some(({ counter }) => counter === release.counter);
  return { ...release, metadataVersion: metadata.signed.version, repeated };
}

/** The seed of the same file's release, so that the same answers make the same release. */
async function seedOf(fleet: FleetDirectory, { bytes }: Options): Promise<number> {
  const { releases } = await readCatalog(fleet);
  const hash = sha256(bytes);
  return releases.find((release) => release.sha256 === hash)?.golden.seed ?? randomInt(1, 0xffffffff);
}

async function goldenOf(open: OpenModel, bytes: Uint8Array, seed: number): Promise<Golden> {
  const model = await open(bytes);
  try {
    return await runGolden(model, seed);
  } finally {
    await model.close();
  }
}

/** The target that the class and channel have where it says the same, else one with the next counter. */
function nextTarget(options: Options, golden: Golden, { releases }: Catalog): TargetFile {
  const current = releases.find((release) => release.class === options.class && release.channel === options.channel);
  const repeated = current && targetOf(options, golden, current.counter);
  if (repeated && isDeepStrictEqual(releaseOf(repeated), current)) return repeated;
  return targetOf(options, golden, 1 + Math.max(0, ...releases.map(({ counter }) => counter)));
}

function targetOf(options: Options, golden: Golden, counter: number): TargetFile {
  const { bytes, name: model, version, format, class: deviceClass, channel, chunkSize } = options;
  const chunks: string[] = [];
  for (let at = 0; at < bytes.length; at += chunkSize) chunks.push(sha256(bytes.subarray(at, at + chunkSize)));
  const custom: ReleaseCustom = { model, version, counter, format, class: deviceClass, channel, chunkSize, chunks, golden };
  return new TargetFile({
    path: `models/${model}/${deviceClass}/${channel}/${version}`,
    length: bytes.length,
    hashes: { sha256: sha256(bytes) },
    unrecognizedFields: { custom },
  });
}

/** The metadata keeps one release of each class and channel: the one to run. */
async function sign(fleet: FleetDirectory, catalog: Catalog, target: TargetFile, expires: string): Promise<Metadata<Targets>> {
  const added = releaseOf(target);
  const others = catalog.releases.filter((release) => release.class !== added.class || release.channel !== added.channel);
  const kept = Object.values(catalog.targets?.signed.targets ?? {}).filter(({ path }) => others.some((release) => release.target === path));
  const targets = new Targets({ version: (catalog.targets?.signed.version ?? 0) + 1, specVersion: '1.0.31', expires });
  for (const file of [...kept, target]) targets.addTarget(file);
  const metadata = new Metadata(targets);
  const key = await fleet.key('targets');
  metadata.sign((data) => key.sign(data));
  return metadata;
}
