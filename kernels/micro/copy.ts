/** Copies exactly `count` bytes, a few at most. */
@inline
export function copyFew(source: usize, destination: usize, count: i32): void {
  for (let i: usize = 0; i < <usize>count; i++) store<u8>(destination + i, load<u8>(source + i));
}

/** Stores the first `count` bytes of `value`, by way of 16 bytes at `spare`. */
@inline
export function storeFew(destination: usize, value: v128, count: i32, spare: usize): void {
  v128.store(spare, value);
  copyFew(spare, destination, count);
}

/** Stores the first `count` of 16 bytes; all of them at once where there are as many. */
@inline
export function storeUpTo16(destination: usize, value: v128, count: i32, spare: usize): void {
  if (count >= 16) v128.store(destination, value);
  else storeFew(destination, value, count, spare);
}

/**
 * Appends `count` i8 to what a tile of variant T reads: widened to T, xor `flip`. Writes whole steps of 16 elements,
 * so what follows the end is overwritten and runs go in ascending order.
 */
@inline
export function copyRun<T>(source: usize, destination: usize, count: i32, flip: v128): void {
  const end = source + <usize>count;
  do {
    if (sizeof<T>() == 2) {
      v128.store(destination, v128.load8x8_s(source));
      v128.store(destination, v128.load8x8_s(source, 8), 16);
      destination += 32;
    } else {
      v128.store(destination, isSigned<T>() ? v128.load(source) : v128.xor(v128.load(source), flip));
      destination += 16;
    }
    source += 16;
  } while (source < end);
}

/** Appends `count` elements of T, all equal; like copyRun it writes whole steps of 16 elements. */
@inline
export function fillRun<T>(elements: v128, destination: usize, count: i32): void {
  const end = destination + <usize>count * sizeof<T>();
  do {
    v128.store(destination, elements);
    if (sizeof<T>() == 2) v128.store(destination, elements, 16);
    destination += 16 * sizeof<T>();
  } while (destination < end);
}
