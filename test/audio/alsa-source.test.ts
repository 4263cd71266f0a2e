import { getEventListeners } from 'node:events';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { DeviceError, OptionError } from '../../sdk/core/errors.ts';
import { AlsaSource, type AlsaSourceOptions } from '../../sdk/audio/alsa-source.ts';
import type { AudioChunk } from '../../sdk/audio/types.ts';

let folder = '';
const file = (name: string): string => join(folder, name);

beforeAll(() => { folder = mkdtempSync(join(tmpdir(), 'halfbyte-alsa-')); });
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A shell program in place of arecord; `start` counts its starts from 1, `sound N` writes N samples of bytes `start`. */
function recorder(name: string, body: string): AlsaSourceOptions {
  writeFileSync(file(name), `#!/bin/sh
    counter='${file(`${name}.starts`)}'
    start=$(( $(cat "$counter" 2>/dev/null || echo 0) + 1 ))
    echo $start > "$counter"
    sound() { i=0; while [ $i -lt $((2 * $1)) ]; do printf "\\\\$(printf %03o $start)"; i=$((i + 1)); done; }
    ${body}`);
  chmodSync(file(name), 0o755);
  return { command: file(name), backoffMs: 1, chunkSamples: 4 };
}

function startsOf(name: string): number {
  return existsSync(file(`${name}.starts`)) ? Number(readFileSync(file(`${name}.starts`))) : 0;
}

async function take(source: AlsaSource, count: number): Promise<AudioChunk[]> {
  const chunks: AudioChunk[] = [];
  for await (const chunk of source) {
    chunks.push(chunk);
    if (chunks.length === count) break;
  }
  return chunks;
}

describe('AlsaSource', () => {
  test('asks arecord for mono 16-bit samples at the rate, and stops it when the loop is left', async () => {
    const options = recorder('endless', `
      echo "$@" > '${file('arguments')}'
      trap "touch '${file('stopped')}'; exit" TERM
      while :; do sound 4; sleep 0.01; done`);
    const chunks = await take(new AlsaSource({ ...options, device: 'plughw:1,0', sampleRate: 8000, channels: 2 }), 2);
    expect(chunks.map(({ samples, gap }) => ({ count: samples.length, gap }))).toEqual([{ count: 4, gap: false }, { count: 4, gap: false }]);
    expect(chunks[0]!.samples[0]).toBe(0x0101 / 32_768);
    expect(readFileSync(file('arguments'), 'utf8')).toBe('-q -D plughw:1,0 -t raw -f S16_LE -r 8000 -c 2\n');
    await expect.poll(() => existsSync(file('stopped')), { timeout: 10_000 }).toBe(true);
  });

  test('is started again when it ends, and says that sound is missing', async () => {
    const chunks = await take(new AlsaSource(recorder('ending', 'sound 8')), 6);
    expect(chunks.map(({ gap }) => gap)).toEqual([false, false, true, false, true, false]);
    expect(chunks.map(({ samples }) => samples[0]! * 32_768 & 0xff)).toEqual([1, 1, 2, 2, 3, 3]);
  });

  test('is started again when it hangs', async () => {
    const chunks = await take(new AlsaSource({ ...recorder('hanging', 'sound 4; exec sleep 60'), stallMs: 800 }), 2);
    expect(chunks.map(({ gap }) => gap)).toEqual([false, true]);
  });

  test('is started again when it hangs and what it started keeps the pipe open', async () => {
    const chunks = await take(new AlsaSource({ ...recorder('wrapped', 'sound 4; sleep 60'), stallMs: 1000 }), 2);
    expect(chunks.map(({ gap }) => gap)).toEqual([false, true]);
  });

  test('a chunk may last longer than the time without sound', async () => {
    const source = new AlsaSource({ ...recorder('long', 'while :; do sound 8; sleep 0.1; done'), stallMs: 1000, chunkSamples: 200 });
    expect((await take(source, 1)).map(({ samples, gap }) => [samples.length, gap])).toEqual([[200, false]]);
    expect(startsOf('long')).toBe(1);
  });

  test('an event loop that is busy is no hanging recorder', async () => {
    const source = new AlsaSource({ ...recorder('waiting', 'while :; do sound 4; sleep 0.01; done'), stallMs: 500 });
    let count = 0;
    for await (const { gap } of source) {
      expect(gap).toBe(false);
      setImmediate(() => { for (const start = Date.now(); Date.now() - start < 700;); });
      if (++count === 3) break;
    }
    expect(startsOf('waiting')).toBe(1);
  });

  test('says that sound is missing where arecord was read too late', async () => {
    const chunks = await take(new AlsaSource(recorder('overrun', 'sound 4; echo "overrun!!! (at least 812.334 ms long)" >&2; sleep 0.3; sound 4; exec sleep 60')), 2);
    expect(chunks.map(({ gap }) => gap)).toEqual([false, true]);
  });

  test.each(['that ignores it', 'with sound left to read'])('an abort ends a recorder %s at once', async (what) => {
    const controller = new AbortController();
    const body = what === 'that ignores it' ? "trap '' TERM; while :; do sound 4; sleep 0.02; done" : 'exec cat /dev/zero';
    let after = 0;
    const listen = async (): Promise<void> => {
      for await (const { samples } of new AlsaSource({ ...recorder(what, body), signal: controller.signal })) {
        if (controller.signal.aborted) after += samples.length;
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
    };
    setTimeout(() => controller.abort(new Error('enough')), 300);
    await expect(listen()).rejects.toThrow('enough');
    expect(after).toBe(0);
  });

  test('a slow reader is no hanging recorder', async () => {
    const source = new AlsaSource({ ...recorder('quick', 'while :; do sound 4; sleep 0.01; done'), stallMs: 800 });
    let count = 0;
    for await (const { gap } of source) {
      expect(gap).toBe(false);
      await new Promise((resolve) => setTimeout(resolve, 1200));
      if (++count === 2) break;
    }
    expect(startsOf('quick')).toBe(1);
  });

  test('fails after starts in a row without sound, with what arecord said', async () => {
    const options = recorder('busy', 'echo "arecord: main:831: audio open error:\n Device or resource busy" >&2; exit 1');
    const failure = await take(new AlsaSource({ ...options, attempts: 3, device: 'hw:7' }), 1).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(DeviceError);
    const { message } = failure as DeviceError;
    expect(message).toMatch(/^AlsaSource: device 'hw:7' gave no sound in 3 starts of arecord: ended with code 1: arecord: /);
    expect(message).toMatch(/ audio open error: Device or resource busy; check/);
    expect(startsOf('busy')).toBe(3);
  });

  test('a start with sound forgives earlier ones', async () => {
    const options = recorder('flaky', 'if [ $((start % 3)) = 0 ]; then sound 4; fi');
    expect((await take(new AlsaSource({ ...options, attempts: 3 }), 3)).map(({ gap }) => gap)).toEqual([true, true, true]);
    expect(startsOf('flaky')).toBe(9);
  });

  test.each([['a program below a file', '/etc/passwd/arecord', /ENOTDIR/], ['a name that is too long', 'a'.repeat(5000), /ENAMETOOLONG/]])('%s cannot be started', async (_, command, code) => {
    await expect(take(new AlsaSource({ command }), 1)).rejects.toThrow(code);
    await expect(take(new AlsaSource({ command }), 1)).rejects.toThrow(DeviceError);
  });

  test('a missing arecord names what to install', async () => {
    const failure = await take(new AlsaSource({ command: file('none') }), 1).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(DeviceError);
    expect((failure as DeviceError).code).toBe('arecord-missing');
    expect((failure as DeviceError).message).toMatch(/cannot be started \(ENOENT\); install ALSA's tools .*alsa-utils/);
  });

  test.each(['while it records', 'while it waits for the next start', 'before'])('an abort %s ends it with the reason', async (when) => {
    const controller = new AbortController();
    const body = when === 'while it records' ? 'sound 4; exec sleep 60' : 'sound 4';
    const source = new AlsaSource({ ...recorder(`aborted ${when}`, body), backoffMs: 60_000, signal: controller.signal });
    if (when === 'before') controller.abort(new Error('enough'));
    else setTimeout(() => controller.abort(new Error('enough')), 500);
    await expect(take(source, 5)).rejects.toThrow('enough');
  });

  test('sources that wait for their next start share one listener of a signal', async () => {
    const controller = new AbortController();
    const options = { backoffMs: 60_000, signal: controller.signal };
    const ends = [1, 2, 3].map((index) => take(new AlsaSource({ ...recorder(`sharing${index}`, 'sound 4'), ...options }), 5).catch((error: unknown) => (error as Error).message));
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(getEventListeners(controller.signal, 'abort')).toHaveLength(1);
    controller.abort(new Error('enough'));
    expect(await Promise.all(ends)).toEqual(['enough', 'enough', 'enough']);
  });

  test('refuses wrong options', () => {
    for (const options of [{ device: '' }, { device: '--help' }, { sampleRate: 1 }, { channels: 0 }, { attempts: 0 }, { stallMs: 0 }, { rate: 1 }]) {
      expect(() => new AlsaSource(options as AlsaSourceOptions)).toThrow(OptionError);
    }
  });
});
