// Field numbers and enumerations of the TFLite schema, version 3, with the schema's names: what the reader reads.
// https://github.com/google-ai-edge/LiteRT/blob/main/tflite/converter/schema/schema.fbs

export const SCHEMA_VERSION = 3;

export const Model = { version: 0, operator_codes: 1, subgraphs: 2, buffers: 4, metadata: 6 } as const;

export const Metadata = { name: 0, buffer: 1 } as const;

export const OperatorCode = { deprecated_builtin_code: 0, custom_code: 1, version: 2, builtin_code: 3 } as const;

export const SubGraph = { tensors: 0, inputs: 1, outputs: 2, operators: 3 } as const;

export const Tensor = {
  shape: 0, type: 1, buffer: 2, name: 3, quantization: 4, is_variable: 5, sparsity: 6, shape_signature: 7, external_buffer: 10,
} as const;

export const QuantizationParameters = { scale: 2, zero_point: 3, details_type: 4, quantized_dimension: 6 } as const;

export const Buffer = { data: 0, offset: 1, size: 2 } as const;

export const Operator = { opcode_index: 0, inputs: 1, outputs: 2, builtin_options_type: 3, builtin_options: 4, custom_options: 5, intermediates: 8 } as const;

export const Conv2DOptions = {
  padding: 0, stride_w: 1, stride_h: 2, fused_activation_function: 3, dilation_w_factor: 4, dilation_h_factor: 5,
} as const;

export const DepthwiseConv2DOptions = {
  padding: 0, stride_w: 1, stride_h: 2, fused_activation_function: 4, dilation_w_factor: 5, dilation_h_factor: 6,
} as const;

export const TransposeConvOptions = { padding: 0, stride_w: 1, stride_h: 2, fused_activation_function: 3 } as const;

export const VarHandleOptions = { container: 0, shared_name: 1 } as const;

export const CallOnceOptions = { init_subgraph_index: 0 } as const;

export const LSTMOptions = { fused_activation_function: 0, cell_clip: 1, kernel_type: 3 } as const;

export const UnidirectionalSequenceLSTMOptions = {
  fused_activation_function: 0, cell_clip: 1, time_major: 3, diagonal_recurrent_tensors: 5,
} as const;

export const BatchMatMulOptions = { adj_x: 0, adj_y: 1 } as const;

export const Pool2DOptions = {
  padding: 0, stride_w: 1, stride_h: 2, filter_width: 3, filter_height: 4, fused_activation_function: 5,
} as const;

export const FullyConnectedOptions = { fused_activation_function: 0, weights_format: 1, keep_num_dims: 2 } as const;

export const SoftmaxOptions = { beta: 0 } as const;

export const ReshapeOptions = { new_shape: 0 } as const;

export const GatherOptions = { axis: 0, batch_dims: 1 } as const;

export const ConcatenationOptions = { axis: 0, fused_activation_function: 1 } as const;

export const ReducerOptions = { keep_dims: 0 } as const;

export const AddOptions = { fused_activation_function: 0 } as const;

export const ResizeBilinearOptions = { align_corners: 2, half_pixel_centers: 3 } as const;

export const ResizeNearestNeighborOptions = { align_corners: 0, half_pixel_centers: 1 } as const;

export const StridedSliceOptions = {
  begin_mask: 0, end_mask: 1, ellipsis_mask: 2, new_axis_mask: 3, shrink_axis_mask: 4, offset: 5,
} as const;

export const PackOptions = { values_count: 0, axis: 1 } as const;

export const UnpackOptions = { num: 0, axis: 1 } as const;

export const LeakyReluOptions = { alpha: 0 } as const;

/** Numbers of the union `BuiltinOptions`. */
export const BuiltinOptions = {
  L2NormOptions: 12, LSTMOptions: 14, UnidirectionalSequenceLSTMOptions: 71,
  Conv2DOptions: 1, DepthwiseConv2DOptions: 2, Pool2DOptions: 5, FullyConnectedOptions: 8, SoftmaxOptions: 9, ConcatenationOptions: 10, AddOptions: 11,
  ResizeBilinearOptions: 15, ReshapeOptions: 17, MulOptions: 21, PadOptions: 22, GatherOptions: 23, TransposeOptions: 26, ReducerOptions: 27, SubOptions: 28, DivOptions: 29,
  StridedSliceOptions: 32, SplitOptions: 35, CastOptions: 37, ArgMaxOptions: 40, SliceOptions: 48, TransposeConvOptions: 49, PackOptions: 59, UnpackOptions: 64,
  FloorDivOptions: 65, ResizeNearestNeighborOptions: 74, LeakyReluOptions: 75, GatherNdOptions: 83, HardSwishOptions: 91,
  BatchMatMulOptions: 101,
} as const;

export const TENSOR_TYPES = [
  'FLOAT32', 'FLOAT16', 'INT32', 'UINT8', 'INT64', 'STRING', 'BOOL', 'INT16', 'COMPLEX64', 'INT8', 'FLOAT64', 'COMPLEX128',
  'UINT64', 'RESOURCE', 'VARIANT', 'UINT32', 'UINT16', 'INT4', 'BFLOAT16', 'INT2', 'UINT4', 'FLOAT8_E4M3FN', 'FLOAT8_E5M2',
] as const;

export const PADDINGS = ['SAME', 'VALID'] as const;

export const ACTIVATION_FUNCTIONS = ['NONE', 'RELU', 'RELU_N1_TO_1', 'RELU6', 'TANH', 'SIGN_BIT'] as const;

export const QUANTIZATION_DETAILS = ['NONE', 'CustomQuantization', 'BlockwiseQuantization', 'MultiAxisQuantization'] as const;

export const FULLY_CONNECTED_WEIGHTS_FORMATS = ['DEFAULT', 'SHUFFLED4x16INT8'] as const;
