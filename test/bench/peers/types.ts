/** How a net is handed to an engine: as it is, or converted to ONNX with uint8 activations and int8 weights, or dequantized. */
export const MODEL_FORMATS = ['tflite', 'onnx-u8s8', 'onnx-fp32'] as const;

export type ModelFormat = (typeof MODEL_FORMATS)[number];

/** An engine in one configuration. */
export interface Peer {
  readonly id: string;
  /** Name on the command line. */
  readonly family: string;
  /** Column title. */
  readonly label: string;
  /** Native engines are measured, not competed with. */
  readonly kind: 'own' | 'wasm' | 'native';
  readonly format: ModelFormat;
  /** npm packages and their versions. */
  readonly packages: Readonly<Record<string, string>>;
  /** Program in `workers/` and what it is told. */
  readonly worker: 'halfbyte' | 'litert' | 'tfjs' | 'onnxruntime';
  readonly variant: string;
  /** Whether this configuration exists on a Node major version with a number of threads. */
  exists(node: number, threads: number): boolean;
}

export interface Timing {
  /** Shortest and longest warm-up; it ends when a window is no faster than the best before it. Milliseconds. */
  readonly warmMs: number;
  readonly warmLimitMs: number;
  readonly windowMs: number;
  /** Measured for at least this long and this many runs. */
  readonly measureMs: number;
  readonly leastRuns: number;
}

export const INPUT_TYPES = ['float32', 'int8', 'uint8'] as const;

/** Raw little-endian row-major elements of one model input. */
export interface JobInput {
  readonly file: string;
  readonly dtype: (typeof INPUT_TYPES)[number];
  readonly shape: readonly number[];
}

/** What a measuring process is told. */
export interface Job {
  readonly variant: string;
  readonly model: string;
  readonly inputs: readonly JobInput[];
  readonly threads: number;
  readonly timing: Timing;
  /** Entry file of the built SDK. */
  readonly sdk: string;
}

/** One step of our own plan. */
export interface StepTime {
  readonly node: string;
  readonly kernel: string;
  readonly macs: number;
  readonly ms: number;
  /** The whole-number fields of the kernel's params, e.g. ROWS, DEPTH. */
  readonly sizes: Readonly<Record<string, number>>;
}

/** What only our own engine tells. */
export interface Profile {
  readonly kernel: string;
  readonly dot: string;
  /** Register-only loop of the dot product in the same process. */
  readonly peakGmacs: number;
  readonly steps: readonly StepTime[];
}

export interface Measurement {
  /** From the start of the process to the loaded model and to the first answer. */
  readonly loadMs: number;
  readonly coldMs: number;
  readonly warmupMs: number;
  readonly medianMs: number;
  readonly minMs: number;
  readonly p95Ms: number;
  /** CPU time of all threads of the process per run. */
  readonly cpuMs: number;
  readonly runs: number;
  /** Peak resident set of the process, VmHWM. */
  readonly rssBytes: number;
  /** First elements of the first output. */
  readonly answer: readonly number[];
  readonly profile?: Profile;
}

export interface Failure {
  readonly code: string;
  readonly message: string;
}

export type Outcome = { readonly measurement: Measurement } | { readonly error: Failure };
