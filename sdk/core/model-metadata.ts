/** What a model file says of one input or output besides its type. */
export interface PortMetadata {
  /** One name per class. */
  readonly labels?: readonly string[];
  /** The model was trained on (value - mean) / std; one number or one per channel. */
  readonly normalization?: { readonly mean: readonly number[]; readonly std: readonly number[] };
}

/** In the order of the inputs and outputs of the model. */
export interface ModelMetadata {
  readonly inputs: readonly PortMetadata[];
  readonly outputs: readonly PortMetadata[];
}
