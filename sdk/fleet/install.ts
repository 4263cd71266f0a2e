import { UpdateError } from '../core/errors.ts';
import { about, cleanUp, running, type AgentContext } from './agent-context.ts';
import { discardDownload, openDownload, type Download } from './download.ts';
import type { LoadedModel } from './loaded-model.ts';
import type { Release } from './release.ts';
import type { Installed, SlotName } from './state-record.ts';

/** Fills an open download; settles when every chunk is written. */
export type FillDownload = (download: Download) => Promise<void>;

/**
 * Brings a release into the slot that does not run and records it as pending: data first, then the record, then the clean-up.
 * @throws UpdateError `inconsistent-target` when the release can never be installed; anything else may pass by itself
 */
export async function installRelease<M extends LoadedModel>(context: AgentContext<M>, release: Release, fill: FillDownload): Promise<Installed> {
  const { store, slots, fs, downloads, emit, limits } = context;
  const slot = (await slots.find(release)) ?? (await fetchIntoSlot(context, release, fill));
  const { model, version, counter, sha256, length, golden } = release;
  const pending: Installed = { slot, model, version, counter, sha256, length, golden, selfTest: null };
  const active = running(context);
  const { lastGood } = store.record;
  const kept = lastGood && lastGood.slot === slot && lastGood.sha256 !== sha256 ? null : lastGood;
  await store.write({ active, pending, triesLeft: limits.tries - 1, lastGood: kept });
  context.enter('pending');
  emit({ event: 'pending', slot, triesLeft: limits.tries - 1, ...about(release) });
  await cleanUp(context, () => discardDownload(fs, downloads), () => slots.sweep([active, pending, kept]));
  return pending;
}

async function fetchIntoSlot<M extends LoadedModel>(context: AgentContext<M>, release: Release, fill: FillDownload): Promise<SlotName> {
  const { fs, downloads, slots, store, limits } = context;
  await slots.sweep([running(context), store.record.lastGood]);
  context.enter('downloading');
  const download = await openDownload(fs, downloads, release, limits.journalChunks);
  try {
    await fill(download);
    const digest = await context.runStep(() => download.digest());
    if (digest !== release.sha256) throw unlike(release, digest, download.resumed === release.chunks.length);
  } finally {
    await download.close();
  }
  context.enter('verified');
  context.emit({ event: 'verified', ...about(release) });
  const slot = running(context)?.slot === 'a' ? 'b' : 'a';
  await slots.take(download.partialPath, { slot, ...about(release), length: release.length });
  return slot;
}

// Chunks are hashed again when a download is reopened: if all are right and the file is not, the signed metadata contradicts itself.
function unlike(release: Release, digest: string | undefined, chunksAreRight: boolean): UpdateError {
  const what = `${release.target}: SHA-256 read back is ${digest ?? 'of a shorter file'}, signed is ${release.sha256}`;
  return chunksAreRight
    ? new UpdateError('inconsistent-target', `${what} although every chunk is right; publish it again`)
    : new UpdateError('storage', `${what}; damaged chunks are fetched again`);
}
