/** Dot-product variants, named by the element type their tiles read: generics over them are resolved by `sizeof` and `isSigned`. */
export type D16 = i16;
export type E16 = i8;
export type RD = u8;
