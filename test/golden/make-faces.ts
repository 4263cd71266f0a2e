// Remakes test/golden/faces.json from LiteRT's outputs after `npm run golden` made its environment: node scripts/run-ts.mjs test/golden/make-faces.ts
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Model } from '../../sdk/model.ts';
import { decodeImage } from '../../sdk/vision/decode-image.ts';
import { imageToInput } from '../../sdk/vision/image-to-input.ts';
import { assetsFolder } from '../assets.ts';

const PICTURES = ['grace_hopper.bmp', 'squat.bmp', 'cat.bmp'];
const GRIDS = [[8, [10, 16, 24]], [16, [32, 48]], [32, [64, 96]], [64, [128, 192, 256]]] as const;
const [WIDTH, HEIGHT, LEAST_SCORE, MOST_OVERLAP] = [320, 240, 0.7, 0.5];

type Box = [number, number, number, number];

/** Priors of the network, centre and size in pixels. */
const priors: Box[] = GRIDS.flatMap(([stride, sizes]) => {
  const [columns, rows] = [Math.ceil(WIDTH / stride), Math.ceil(HEIGHT / stride)];
  return Array.from({ length: rows * columns }, (_, at) => sizes.map((size): Box => (
    [((at % columns) + 0.5) * (WIDTH / columns), (Math.floor(at / columns) + 0.5) * (HEIGHT / rows), size, size]
  ))).flat();
});

function overlap(a: Box, b: Box): number {
  const shared = Math.max(Math.min(a[2], b[2]) - Math.max(a[0], b[0]), 0) * Math.max(Math.min(a[3], b[3]) - Math.max(a[1], b[1]), 0);
  const area = (box: Box): number => (box[2] - box[0]) * (box[3] - box[1]);
  return shared / (area(a) + area(b) - shared);
}

function facesOf(offsets: Float32Array, scores: Float32Array): { score: number; box: Box }[] {
  const found = priors.map(([x, y, width, height], at) => {
    const [dx, dy, dw, dh] = offsets.subarray(4 * at) as unknown as Box;
    const [centreX, centreY, halfWidth, halfHeight] = [x + dx * 0.1 * width, y + dy * 0.1 * height, (width * Math.exp(dw * 0.2)) / 2, (height * Math.exp(dh * 0.2)) / 2];
    const box: Box = [(centreX - halfWidth) / WIDTH, (centreY - halfHeight) / HEIGHT, (centreX + halfWidth) / WIDTH, (centreY + halfHeight) / HEIGHT];
    return { score: scores[2 * at + 1]!, box };
  }).filter(({ score }) => score >= LEAST_SCORE).sort((a, b) => b.score - a.score);
  return found.filter(({ box }, at) => !found.slice(0, at).some((better) => overlap(better.box, box) > MOST_OVERLAP));
}

const path = join(assetsFolder, 'models/face_rfb320_float.tflite');
await using model = await Model.load(path, { threads: 1 });
const inputs = [];
for (const name of PICTURES) {
  imageToInput(await decodeImage(readFileSync(join(assetsFolder, 'images', name)), name), model.inputs[0]!, { mean: 127, std: 128 });
  inputs.push({ name, data: [Buffer.from((model.inputs[0]!.data as Float32Array).slice().buffer).toString('base64')] });
}
mkdirSync('build/golden', { recursive: true });
writeFileSync('build/golden/faces-jobs.json', JSON.stringify([{ name: 'faces', model: path, inputs }]));
execFileSync('build/litert/bin/python', ['scripts/golden/litert.py', 'build/golden/faces-jobs.json', 'build/golden'], { stdio: 'inherit' });
const { engine, results } = JSON.parse(readFileSync('build/golden/faces.json', 'utf8')) as { engine: string; results: { input: string; outputs: string[] }[] };
const pictures = results.map(({ input, outputs }) => {
  const [offsets, scores] = outputs.map((output) => new Float32Array(Uint8Array.from(Buffer.from(output, 'base64')).buffer));
  return { picture: input, faces: facesOf(offsets!, scores!) };
});
writeFileSync('test/golden/faces.json', `${JSON.stringify({ engine, model: 'face_rfb320_float', pictures }, null, 1)}\n`);
