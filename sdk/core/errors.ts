/** Names a class in bundles, which shorten its name, and makes `instanceof` hold for what its copies in other bundles of the process throw. */
function identify(type: { readonly prototype: HalfbyteError }, name: string): void {
  const brand = Symbol.for(`halfbyte.${name}`);
  Object.defineProperties(type.prototype, { name: { value: name, writable: true, configurable: true }, [brand]: { value: true } });
  Object.defineProperties(type, {
    name: { value: name, configurable: true },
    [Symbol.hasInstance]: {
      value(this: unknown, error: unknown) { return this === type ? brand in Object(error) : Function.prototype[Symbol.hasInstance].call(this, error); },
    },
  });
}

/** Base of all errors halfbyte raises on purpose. `message` says where, what was found, what is allowed and what to do. */
export abstract class HalfbyteError extends Error {
  /** Stable machine-readable cause, e.g. `truncated`, `unsupported-operator`. */
  readonly code: string;

  static { identify(this, 'HalfbyteError'); }

  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** The model file is broken or uses something unsupported: use another file. */
export class ModelError extends HalfbyteError {
  declare readonly name: 'ModelError';
  static { identify(this, 'ModelError'); }
}

/** A valid model cannot be turned into or linked as a plan here: change the model or the limits. */
export class PlanError extends HalfbyteError {
  declare readonly name: 'PlanError';
  static { identify(this, 'PlanError'); }
}

/** The host lacks something or a worker died: fix the host or restart. */
export class DeviceError extends HalfbyteError {
  declare readonly name: 'DeviceError';
  static { identify(this, 'DeviceError'); }
}

/** An update was refused or could not be finished; the running model is untouched. */
export class UpdateError extends HalfbyteError {
  declare readonly name: 'UpdateError';
  static { identify(this, 'UpdateError'); }
}

/** The caller passed something wrong: fix the call. */
export class OptionError extends HalfbyteError {
  declare readonly name: 'OptionError';
  static { identify(this, 'OptionError'); }
}
