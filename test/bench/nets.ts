import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { assets } from '../assets.ts';

/** A model file to measure. */
export interface NetSource {
  readonly id: string;
  readonly path: string;
  /** For its first input; seeded bytes where absent. */
  readonly sample?: Sample;
}

/** A file that holds a picture, codes in the type of the input, or float32 values to quantize. */
export interface Sample {
  readonly file: string;
  readonly holds: 'picture' | 'codes' | 'reals';
}

const FIXTURES = 'test/fixtures';
const EXTENSION = '.tflite';
/** Fixtures measured where the real models are missing; the others can be asked for. */
const DEFAULT_FIXTURES = ['classifier-v1', 'classifier-v2', 'conv-1x1', 'depthwise-3x3-stride1', 'fully-connected'];

interface RealNet {
  readonly id: string;
  readonly file: string;
  readonly sample: Sample;
}

function picture(file: string): Sample {
  return { file: `images/${file}`, holds: 'picture' };
}

const REAL_NETS: readonly RealNet[] = [
  { id: 'tf2_mobilenet_v2_1.0_224_ptq', file: 'tf2_mobilenet_v2_1.0_224_ptq', sample: picture('grace_hopper.bmp') },
  { id: 'mobilenet_v2_1.0_224_quant', file: 'mobilenet_v2_1.0_224_quant', sample: picture('grace_hopper.bmp') },
  { id: 'coco_ssd_mobilenet_v1_quant', file: 'coco_ssd_mobilenet_v1_quant', sample: picture('cats_and_dogs.jpg') },
  { id: 'movenet', file: 'movenet_single_pose_lightning_ptq', sample: picture('squat.bmp') },
  { id: 'vww_96', file: 'vww_96_int8', sample: picture('grace_hopper.bmp') },
  { id: 'resnet8', file: 'resnet8_cifar10_int8', sample: picture('cat.bmp') },
  { id: 'kws', file: 'kws_dscnn_int8', sample: { file: 'mlperf-tiny/kws01/tst_000000_Stop_7.bin', holds: 'codes' } },
  { id: 'person_detect', file: 'person_detect_int8', sample: picture('person.bmp') },
  { id: 'ad01', file: 'ad01_int8', sample: { file: 'mlperf-tiny/ad01/anomaly_id_01_00000003_hist_librosa.bin', holds: 'reals' } },
];

function fixtures(): NetSource[] {
  return readdirSync(FIXTURES)
    .filter((file) => file.endsWith(EXTENSION))
    .map((file) => ({ id: file.slice(0, -EXTENSION.length), path: join(FIXTURES, file) }));
}

function realNets(folder: string): NetSource[] {
  return REAL_NETS
    .map(({ id, file, sample }) => ({
      id, path: join(folder, 'models', `${file}${EXTENSION}`), sample: { ...sample, file: join(folder, sample.file) },
    }))
    .filter(({ path }) => existsSync(path));
}

/** The real models and the fixtures at hand, or those of `names`. @throws Error that lists them. */
export function selectNets(names: readonly string[] | undefined): NetSource[] {
  const real = assets === undefined ? [] : realNets(assets);
  const known = [...real, ...fixtures()];
  if (names === undefined) return real.length > 0 ? real : known.filter(({ id }) => DEFAULT_FIXTURES.includes(id));
  return names.map((name) => {
    const net = known.find(({ id }) => id === name);
    if (net) return net;
    throw new Error(`--nets: '${name}' is not at hand; allowed: ${known.map(({ id }) => id).join(', ')}`);
  });
}
