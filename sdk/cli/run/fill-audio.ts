import { audioToInput, type HeardAudio } from '../../audio/audio-to-input.ts';
import { keywordTaskOf } from '../../audio/keyword-tasks.ts';
import { readWav } from '../../audio/read-wav.ts';
import type { Port } from '../../runtime/types.ts';
import { readFileOption } from '../read-file.ts';

const MAX_AUDIO_BYTES = 2 ** 28;

/** The sound of the command line, and the classes of the task its features belong to. */
export interface GivenAudio extends HeardAudio {
  readonly sampleRate: number;
  readonly channels: number;
  readonly labels?: readonly string[];
}

/** Fills a model input with the features of a WAV file. @throws OptionError when the file or the input does not fit */
export async function fillFromAudio(path: string, port: Port): Promise<GivenAudio> {
  const clip = readWav(await readFileOption(path, '--audio', MAX_AUDIO_BYTES), `--audio '${path}'`);
  const { sampleRate, channels } = clip;
  const task = keywordTaskOf(port);
  return { ...audioToInput(clip, port), sampleRate, channels, ...(task && { labels: task.labels }) };
}
