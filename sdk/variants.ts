export { calibrateVariants, type CalibratedVariants, type CalibrateVariantsOptions } from './variants/calibrate-variants.ts';
export type { TaskMaker } from './variants/live-model.ts';
export { variantCosts, type LatencySource } from './variants/costs.ts';
export { describeVariant } from './variants/describe-variant.ts';
export { parseManifest, type Variant, type VariantManifest } from './variants/manifest.ts';
export { ModelVariants, type VariantRun, type VariantsOptions } from './variants/model-variants.ts';
export { follow, type Decides, type Following, type FollowOptions, type Switches } from './variants/follow.ts';
export { readVariants } from './variants/directory.ts';
