export { DeviceError, HalfbyteError, ModelError, OptionError, PlanError, UpdateError } from './core/errors.ts';
export type { DType, NumberArray, TypedArray } from './core/dtype.ts';
export type { ModelMetadata, PortMetadata } from './core/model-metadata.ts';
export type { Graph, Node, Quantization, Tensor } from './ir/graph.ts';
export { Model, type ModelOptions } from './model.ts';
export type { Plan } from './plan/types.ts';
export type { DotVariant } from './runtime/pack/types.ts';
export type { KernelModule, Port, StepProfile } from './runtime/types.ts';
