import { keywordTaskOf } from '../../audio/keyword-tasks.ts';
import { OptionError } from '../../core/errors.ts';
import type { PortMetadata } from '../../core/model-metadata.ts';
import { formatShape } from '../../core/shape.ts';
import type { Port } from '../../runtime/types.ts';
import { decodeImage } from '../../vision/decode-image.ts';
import { isImagePort } from '../../vision/image-port.ts';
import { openInput } from '../../vision/image-to-input.ts';
import type { Placement } from '../../vision/placement.ts';
import type { Image } from '../../vision/types.ts';
import { readFileOption } from '../read-file.ts';
import type { RunOptions } from './run-options.ts';

const MAX_PICTURE_BYTES = 2 ** 28;

/** The picture of the command line and where it lies in the input. */
export interface GivenImage {
  readonly image: Image;
  readonly placement: Placement;
}

/** What the command line must say of a picture, in the names of its options. */
function checkOptions(path: string, port: Port, { mean, std }: RunOptions, stated: PortMetadata | undefined): void {
  const where = `--image '${path}': input '${port.name}' ${port.dtype} ${formatShape(port.shape)}`;
  const task = keywordTaskOf(port);
  if (task !== undefined) throw new OptionError('not-an-image-input', `${where} takes the features of sound (${task.name}); give --audio FILE.wav or --input FILE.npy`);
  if ((mean === undefined) !== (std === undefined)) throw new OptionError('invalid-option', `${where}: --mean and --std belong together, give both`);
  if (isImagePort(port) && port.dtype === 'float32' && mean === undefined && stated?.normalization === undefined) {
    throw new OptionError('missing-normalization', `${where}: the model does not say how pixels become numbers; give --mean and --std as it was trained, ` +
      'e.g. --mean 0 --std 255 for 0 to 1, --mean 127.5 --std 127.5 for -1 to 1');
  }
}

/**
 * Fills a model input with a picture file.
 * @param stated what the model file says of the input
 * @throws OptionError when the file or the input does not fit, or its normalization is not known
 */
export async function fillFromImage(path: string, port: Port, options: RunOptions, stated: PortMetadata | undefined): Promise<GivenImage> {
  checkOptions(path, port, options, stated);
  const image = await decodeImage(await readFileOption(path, '--image', MAX_PICTURE_BYTES), `--image '${path}'`);
  const { resize, layout, mean, std } = options;
  const write = openInput(port, { resize, ...(layout && { layout }), ...(mean && { mean }), ...(std && { std }) }, `--image '${path}'`, stated);
  return { image, placement: write(image) };
}
