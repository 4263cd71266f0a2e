import type { Image } from '../types.ts';

/** Turns a whole file into a picture. @throws OptionError `broken-image` or `unsupported-image`; `where` names the file */
export type Decode = (bytes: Uint8Array, where: string) => Image;

/** One picture format, known by its first bytes; the decoder itself is loaded when it is needed. */
export interface ImageDecoder {
  readonly name: string;
  detect(bytes: Uint8Array): boolean;
  load(): Promise<Decode>;
}
