import type { Tensor } from '../../../sdk/ir/graph.ts';
import type { DataType, OnnxAttribute } from './protobuf.ts';

/** A convolution or matrix product; `arrange` puts weight codes in ONNX's order of `shape`. */
export interface Product {
  readonly value: string;
  readonly input: Tensor;
  readonly weights: { readonly tensor: Tensor; readonly shape: readonly number[]; arrange(codes: Int8Array): Int8Array };
  readonly bias: Tensor | undefined;
  readonly output: Tensor;
  readonly activation: string;
  readonly attributes: Readonly<Record<string, OnnxAttribute>>;
}

export interface Addend {
  readonly value: string;
  readonly tensor: Tensor;
}

/** How the numbers of a net are written: quantized, or as the real numbers they stand for. */
export interface Numbers {
  /** Element type of the value that stands for a tensor. */
  typeOf(tensor: Tensor): DataType;
  product(op: 'Conv' | 'Gemm', product: Product): string;
  add(addends: readonly Addend[], output: Tensor, activation: string): string;
  globalAverage(value: string, input: Tensor, output: Tensor): string;
  softmax(value: string, input: Tensor, output: Tensor): string;
  requantize(value: string, input: Tensor, output: Tensor): string;
}
