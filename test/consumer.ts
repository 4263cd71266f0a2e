// A program of a user in strict TypeScript: each entry point's classes with their options. It is type-checked, never run.
import { HalfbyteError, Model, ModelError, type ModelOptions, type Port, type TypedArray } from 'halfbyte';
import { AlsaSource, features, KeywordSpotter, PcmSource, readWav, type KeywordSpotterOptions } from 'halfbyte/audio';
import { detectBoard, openSensors } from 'halfbyte/devices';
import { Controller, DeviceAgent, Publisher } from 'halfbyte/fleet';
import { calibrate, candidatesOf, EnergyMeter, Governor, Scheduler } from 'halfbyte/power';
import { follow, ModelVariants } from 'halfbyte/variants';
import { decodeImage, gridAnchors, ImageClassifier, imageToInput, ObjectDetector, PoseEstimator, Segmenter, type Frame } from 'halfbyte/vision';

/** Types of valibot, which users do not have, would be `any`. */
type IsAny<T> = 0 extends 1 & T ? true : false;
export const known: [IsAny<ModelOptions>, IsAny<ModelOptions['threads']>, IsAny<KeywordSpotterOptions['labels']>] = [false, false, false];

async function infer(options: ModelOptions): Promise<number | undefined> {
  const model = await Model.load('model.tflite', { threads: 'auto', signal: AbortSignal.timeout(1000), ...options });
  model.inputs[0]?.data.set([1, 2, 3]);
  model.inputs[0]?.data.set(new Uint8Array(3));
  model.inputs[0]?.data.fill(0);
  const { outputs }: { outputs: readonly Port[] } = await model.run();
  const data = outputs[0]?.data as TypedArray;
  const best = data instanceof BigInt64Array ? Number(data[0]) : Math.max(...data);
  const scale: number | undefined = outputs[0]?.quantization?.scales[0];
  await model.close();
  return scale === undefined ? undefined : best * scale;
}

async function see(model: Model, frame: Frame): Promise<string | null | undefined> {
  const picture = await decodeImage(new Uint8Array(9));
  imageToInput(picture, model.inputs[0]!, { resize: 'letterbox', layout: 'nhwc', mean: [1, 2, 3], std: 2 });
  const anchors = gridAnchors({ width: 320, height: 240, grids: [{ stride: 8, sizes: [10, 16] }] });
  const detector = new ObjectDetector(model, { threshold: 0.5, boxes: { coding: 'anchors', anchors, background: true } });
  const [object] = await detector.detect(frame, { signal: AbortSignal.timeout(100) });
  const [keypoint] = await new PoseEstimator(model, { resize: 'letterbox' }).estimate(frame);
  const mask = await new Segmenter(model).segment(frame);
  const [best] = await new ImageClassifier(model, { labels: ['no person', 'person'] }).classify(picture, { top: 1 });
  return (object?.box[0] ?? 0) + (keypoint?.x ?? 0) + (mask.data[0] ?? 0) > 1 ? best?.label : undefined;
}

async function hear(model: Model): Promise<void> {
  const spotter = new KeywordSpotter(model, { keywords: ['Yes', 'No'], features: { type: 'mfcc' } });
  for await (const { label, score, seconds } of spotter.listen(new AlsaSource({ sampleRate: spotter.sampleRate }))) {
    console.log(label?.length, score.toFixed(2), seconds.toFixed(1));
  }
  const clip = readWav(new Uint8Array(44));
  await spotter.push(clip.samples, { gap: true });
  console.log(new PcmSource(process.stdin, { format: 's16' }).sampleRate, features(clip, { melBins: 40 }).frames);
}

async function govern(): Promise<void> {
  const board = detectBoard();
  const [power, thermal] = [board.power.value, board.thermal.value];
  const candidates = candidatesOf({ variants: [{ name: 'large', accuracy: 0.7, latency: [0.09] }], power, cores: 1, rates: [1], deadline: 0.2 });
  const governor = new Governor({ board: { power, thermal }, candidates, worth: { dwell: 1, scan: 0.02 }, sensors: [openSensors({ battery: () => ({ charge: 1 }) })] });
  const variants = await ModelVariants.open('models', { first: 'small', threads: 1 });
  await variants.switchTo('large', { signal: AbortSignal.timeout(100) });
  await follow(governor, variants, { signal: AbortSignal.timeout(100) }).settled;
  const meter = new EnergyMeter({ board: power, cores: 1, models: ['large'], processor: { factor: 1, offset: 2 } });
  const scheduler = new Scheduler({ reserve: 0.1 });
  const background = scheduler.background({ name: 'update', step: 0.2 });
  const agent = new DeviceAgent({
    directory: 'device', broker: 'mqtt://127.0.0.1:1883', id: 'cam-1', open: (bytes) => Model.load(bytes), limits: { tries: 2 }, energy: () => meter.report(), background,
  });
  await agent.model.use(({ model, installed }) => model.runSync().outputs.length + installed.counter);
  await new Publisher({ directory: 'factory' }).publish({ bytes: new Uint8Array(1), name: 'person', version: '1', format: 'tflite', open: (bytes) => Model.load(bytes) });
  const profile = await calibrate({
    board: 'pi-4b', power, poles: thermal.poles, variants: ['large'], threads: 1,
    run: () => undefined, temperature: () => 40, clock: () => 0, sleep: () => Promise.resolve(),
  });
  console.log(governor.step({ motion: 1 }).candidate.name, profile.latencies[0]?.seconds.toFixed(3), Controller.name);
}

async function misuse(model: Model): Promise<void> {
  // @ts-expect-error threads is a number or 'auto'
  await Model.load('x', { threads: 'many' });
  // @ts-expect-error labels are texts
  new KeywordSpotter(model, { labels: [1] });
  // @ts-expect-error no such way to resize
  new ImageClassifier(model, { resize: 'squeeze' });
  // @ts-expect-error no such option
  new AlsaSource({ rate: 16_000 });
  // @ts-expect-error no such option
  new Scheduler({ reserve: 0.1, threads: 2 });
  // @ts-expect-error no such limit
  new DeviceAgent({ directory: 'd', broker: 'b', id: 'i', open: (bytes) => Model.load(bytes), limits: { attempts: 2 } });
  // @ts-expect-error charge is a number
  openSensors({ battery: () => ({ charge: 'full' }) });
}

export async function main(): Promise<void> {
  try {
    await infer({ kernel: 'baseline' });
    const model = await Model.load('model.tflite');
    await Promise.all([see(model, { data: new Uint8Array(6), width: 2, height: 2, format: 'nv12' }), hear(model), govern(), misuse(model)]);
  } catch (error) {
    if (error instanceof ModelError || error instanceof HalfbyteError) console.log(error.code, error.name);
  }
}
