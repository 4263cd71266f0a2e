import type { Format } from '../types.ts';
import { readTflite } from './read.ts';

const IDENTIFIER = [0x54, 0x46, 0x4c, 0x33]; // 'TFL3' at byte 4: file_identifier of the TFLite schema

export const tflite: Format = Object.freeze({
  name: 'tflite',
  detect: (bytes: Uint8Array) => bytes.length >= 8 && IDENTIFIER.every((byte, index) => bytes[4 + index] === byte),
  read: readTflite,
});
