/** Node's file system. An `import` of it would evaluate its getters, streams included, which takes milliseconds of a cold start. */
export const nodeFs = process.getBuiltinModule('node:fs');
