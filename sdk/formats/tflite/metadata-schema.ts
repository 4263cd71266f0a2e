// Field numbers and enumerations of the TFLite metadata schema, with the schema's names: what the reader reads.
// https://github.com/tensorflow/tflite-support/blob/master/tensorflow_lite_support/metadata/metadata_schema.fbs

/** Name of the entry of `Model.metadata` that holds a ModelMetadata. */
export const METADATA_NAME = 'TFLITE_METADATA';

/** file_identifier of the schema, at byte 4. */
export const IDENTIFIER = 'M001';

export const ModelMetadata = { subgraph_metadata: 3 } as const;

export const SubGraphMetadata = { input_tensor_metadata: 2, output_tensor_metadata: 3 } as const;

export const TensorMetadata = { process_units: 4, associated_files: 6 } as const;

export const ProcessUnit = { options_type: 0, options: 1 } as const;

/** Number of the union `ProcessUnitOptions`. */
export const NORMALIZATION_OPTIONS = 1;

export const NormalizationOptions = { mean: 0, std: 1 } as const;

export const AssociatedFile = { name: 0, type: 2, locale: 3 } as const;

/** Numbers of the enumeration `AssociatedFileType` whose files name classes. */
export const LABEL_FILE_TYPES: readonly number[] = [2, 3];
