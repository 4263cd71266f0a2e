/** The part of the WebAssembly JavaScript API in use; TypeScript declares it for browsers only. */
declare namespace WebAssembly {
  interface MemoryDescriptor {
    initial: number;
    maximum: number;
    shared: true;
  }
  class Memory {
    constructor(descriptor: MemoryDescriptor);
    readonly buffer: SharedArrayBuffer;
  }
  interface ModuleExport {
    readonly name: string;
    readonly kind: string;
  }
  interface ModuleImport extends ModuleExport {
    readonly module: string;
  }
  class Module {
    constructor(bytes: Uint8Array<ArrayBuffer>);
    static exports(module: Module): ModuleExport[];
    static imports(module: Module): ModuleImport[];
  }
  class Instance {
    constructor(module: Module, imports: Record<string, Record<string, unknown>>);
    readonly exports: Record<string, unknown>;
  }
  class CompileError extends Error {}
  function validate(bytes: Uint8Array<ArrayBuffer>): boolean;
}
