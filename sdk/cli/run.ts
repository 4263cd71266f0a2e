import { Option } from 'commander';
import { REQUANTIZE_MODES } from '../ops/types.ts';
import { LAYOUTS } from '../vision/image-port.ts';
import { RESIZE_MODES } from '../vision/placement.ts';
import { collect, integer, perChannel } from './options.ts';
import { example } from './output.ts';
import type { RunOptions } from './run/run-options.ts';
import type { CliCommand } from './types.ts';

/** One inference on any supported file. */
export const run: CliCommand = {
  register(program, context) {
    program
      .command('run')
      .description('Run a model once on .npy tensors, a picture or sound.')
      .argument('<model>', 'model file')
      .option('--input <[NAME=]FILE.npy>', 'tensor for the next input, or the named one; repeat for several', collect)
      .option('--image <FILE>', 'picture (BMP, JPEG, PNG) for the picture input')
      .option('--audio <FILE.wav>', 'sound for the input of a keyword model')
      .option('--output <DIR>', 'write every output to DIR/<index>.npy')
      .option('--threads <N>', 'run on this many worker threads (default: none, which is faster for one run)', integer(1, 16))
      .option('--top <K>', 'number of classes to print', integer(1, 100_000), 5)
      .addOption(new Option('--requant <MODE>', 'rounding of int8 results; the tflite modes run the exact scalar reference')
        .choices(REQUANTIZE_MODES).default('float'))
      .option('--quantize-input', 'accept float32 .npy for quantized inputs and quantize it')
      .option('--labels <FILE>', 'class names, one a line (default: those in the model file)')
      .option('--mean <M[,M,M]>', 'picture: subtract this from pixels 0...255, for all or per channel', perChannel)
      .option('--std <S[,S,S]>', 'picture: then divide by this', perChannel)
      .addOption(new Option('--layout <LAYOUT>', 'picture: axes of the input, where its shape fits both').choices(LAYOUTS))
      .addOption(new Option('--resize <MODE>', 'picture: how another size becomes that of the model').choices(RESIZE_MODES).default('stretch'))
      .addHelpText('after', example(
        'halfbyte run person_detect_int8.tflite --image person.bmp --labels labels.txt',
        'halfbyte run coco_ssd_mobilenet_v1_quant.tflite --image street.jpg --json',
        'halfbyte run kws_dscnn_int8.tflite --audio yes.wav',
        'halfbyte run model.tflite --input features.npy --output out --json',
      ))
      .action(async (model: string, options: RunOptions) => {
        const { runModel } = await import('./run/run-model.ts');
        await runModel(model, options, context);
      });
  },
};
