import { audioToInput, type HeardAudio } from '../../audio/audio-to-input.ts';
import { keywordTaskOf, keywordTasks } from '../../audio/keyword-tasks.ts';
import { readWav } from '../../audio/read-wav.ts';
import { OptionError } from '../../core/errors.ts';
import { formatShape } from '../../core/shape.ts';
import type { Port } from '../../runtime/types.ts';
import { isImagePort } from '../../vision/image-port.ts';
import { readFileOption } from '../read-file.ts';

const MAX_AUDIO_BYTES = 2 ** 28;

/** The sound of the command line, and the classes of the task its features belong to. */
export interface GivenAudio extends HeardAudio {
  readonly sampleRate: number;
  readonly channels: number;
  readonly labels: readonly string[];
}

/** Fills a model input with the features of a WAV file. @throws OptionError when the file or the input does not fit */
export async function fillFromAudio(path: string, port: Port): Promise<GivenAudio> {
  const clip = readWav(await readFileOption(path, '--audio', MAX_AUDIO_BYTES), `--audio '${path}'`);
  const task = keywordTaskOf(port);
  if (task === undefined) {
    const known = keywordTasks.map(({ name, shape }) => `${formatShape(shape)} (${name})`).join(', ');
    throw new OptionError('not-an-audio-input', `--audio '${path}': input '${port.name}' ${port.dtype} ${formatShape(port.shape)} takes no sound known here; ` +
      `known: ${known}; give ${isImagePort(port) ? '--image FILE or ' : ''}--input FILE.npy`);
  }
  const { sampleRate, channels } = clip;
  return { ...audioToInput(clip, port), sampleRate, channels, labels: task.labels };
}
