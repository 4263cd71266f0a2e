/** Base of all errors halfbyte raises on purpose. `message` says where, what was found, what is allowed and what to do. */
export abstract class HalfbyteError extends Error {
  /** Stable machine-readable cause, e.g. `truncated`, `unsupported-operator`. */
  readonly code: string;

  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** The model file is broken or uses something unsupported: use another file. */
export class ModelError extends HalfbyteError {
  override readonly name = 'ModelError';
}

/** A valid model cannot be turned into or linked as a plan here: change the model or the limits. */
export class PlanError extends HalfbyteError {
  override readonly name = 'PlanError';
}

/** The host lacks something or a worker died: fix the host or restart. */
export class DeviceError extends HalfbyteError {
  override readonly name = 'DeviceError';
}

/** An update was refused or could not be finished; the running model is untouched. */
export class UpdateError extends HalfbyteError {
  override readonly name = 'UpdateError';
}

/** The caller passed something wrong: fix the call. */
export class OptionError extends HalfbyteError {
  override readonly name = 'OptionError';
}
