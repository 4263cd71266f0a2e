import type { ModelFormat, Peer } from './types.ts';

/** Relaxed SIMD works without flags, and rightly, from this Node on. */
const FIRST_RELAXED_NODE = 22;

const LITERT = { '@litertjs/core': '2.5.3' };
const TFJS = { '@tensorflow/tfjs-tflite': '0.0.1-alpha.10' };

function own(variant: 'runSync' | 'run'): Peer {
  return {
    id: variant === 'runSync' ? 'halfbyte' : 'halfbyte-run', family: 'halfbyte', label: `halfbyte ${variant}`, kind: 'own', format: 'tflite',
    packages: {}, worker: 'halfbyte', variant, exists: (_, threads) => variant === 'run' || threads === 1,
  };
}

function onnxruntime(kind: 'wasm' | 'native', numbers: 'u8s8' | 'fp32'): Peer {
  const [family, name] = kind === 'wasm' ? ['ort-web', 'onnxruntime-web'] : ['ort-node', 'onnxruntime-node'];
  const format: ModelFormat = `onnx-${numbers}`;
  return {
    id: `${family}-${numbers}`, family, label: `${family} ${numbers}`, kind, format,
    packages: { [name]: '1.30.0' }, worker: 'onnxruntime', variant: name, exists: () => true,
  };
}

/** Everything measured, in the order of the tables. */
export const peers: readonly Peer[] = Object.freeze([
  own('runSync'),
  own('run'),
  {
    // This build has no threads.
    id: 'litert-compat', family: 'litert', label: 'LiteRT.js compat', kind: 'wasm', format: 'tflite', packages: LITERT,
    worker: 'litert', variant: 'compat', exists: (_, threads) => threads === 1,
  },
  {
    id: 'litert-relaxed', family: 'litert', label: 'LiteRT.js relaxed', kind: 'wasm', format: 'tflite', packages: LITERT,
    worker: 'litert', variant: 'relaxed', exists: (node) => node >= FIRST_RELAXED_NODE,
  },
  {
    id: 'tfjs', family: 'tfjs', label: 'tfjs-tflite', kind: 'wasm', format: 'tflite', packages: TFJS,
    worker: 'tfjs', variant: 'simd', exists: () => true,
  },
  onnxruntime('wasm', 'u8s8'),
  onnxruntime('wasm', 'fp32'),
  onnxruntime('native', 'u8s8'),
  onnxruntime('native', 'fp32'),
]);
