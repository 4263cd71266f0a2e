/** Copies exactly `count` bytes, a few at most. */
@inline
export function copyFew(source: usize, destination: usize, count: i32): void {
  for (let i: usize = 0; i < <usize>count; i++) store<u8>(destination + i, load<u8>(source + i));
}

/** Copies exactly `count` bytes. */
@inline
export function copyBytes(source: usize, destination: usize, count: i32): void {
  const whole = <usize>(count & ~15);
  for (let i: usize = 0; i < whole; i += 16) v128.store(destination + i, v128.load(source + i));
  copyFew(source + whole, destination + whole, count & 15);
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

/** Sixteen i8 as what a tile of variant T reads: widened to T, xor `flip`. */
@inline
export function copyStep<T>(source: usize, destination: usize, flip: v128): void {
  if (sizeof<T>() == 2) {
    v128.store(destination, v128.load8x8_s(source));
    v128.store(destination, v128.load8x8_s(source, 8), 16);
  } else {
    v128.store(destination, isSigned<T>() ? v128.load(source) : v128.xor(v128.load(source), flip));
  }
}

/** Copies `count` i8 in steps of 16 elements. What follows the end is overwritten, so runs are written in ascending order. */
@inline
export function copyRun<T>(source: usize, destination: usize, count: i32, flip: v128): void {
  const end = source + <usize>count;
  do {
    copyStep<T>(source, destination, flip);
    source += 16;
    destination += 16 * sizeof<T>();
  } while (source < end);
}

/** Like copyRun, for long runs. */
export function copyLongRun<T>(source: usize, destination: usize, count: i32, flip: v128): void {
  for (; count > 63; count -= 64) {
    copyStep<T>(source, destination, flip);
    copyStep<T>(source + 16, destination + 16 * sizeof<T>(), flip);
    copyStep<T>(source + 32, destination + 32 * sizeof<T>(), flip);
    copyStep<T>(source + 48, destination + 48 * sizeof<T>(), flip);
    source += 64;
    destination += 64 * sizeof<T>();
  }
  if (count) copyRun<T>(source, destination, count, flip);
}

/** Writes `count` equal elements of T in steps of 16 elements, like copyRun. */
@inline
export function fillRun<T>(elements: v128, destination: usize, count: i32): void {
  const end = destination + <usize>count * sizeof<T>();
  do {
    v128.store(destination, elements);
    if (sizeof<T>() == 2) v128.store(destination, elements, 16);
    destination += 16 * sizeof<T>();
  } while (destination < end);
}
