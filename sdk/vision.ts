export { decodeImage } from './vision/decode-image.ts';
export { ImageClassifier, type ImageClassifierOptions } from './vision/image-classifier.ts';
export { imageToInput, type ImageInputOptions } from './vision/image-to-input.ts';
export type { Layout } from './vision/image-port.ts';
export type { ResizeMode } from './vision/resize.ts';
export type { Classification } from './vision/top-classes.ts';
export type { Image, ImageModel } from './vision/types.ts';
