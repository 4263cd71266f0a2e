export { add_qs8 } from './ops/add';
export { conv2d_qs8_qc8w_d16, conv2d_qs8_qc8w_e16, conv2d_qs8_qc8w_rd } from './ops/conv2d';
export { copy_x8 } from './ops/copy';
export { dwconv2d_qs8_qc8w_d16, dwconv2d_qs8_qc8w_e16, dwconv2d_qs8_qc8w_rd } from './ops/dwconv2d';
export { gemm_qs8_qc8w_d16, gemm_qs8_qc8w_e16, gemm_qs8_qc8w_rd } from './ops/gemm';
export { peak_d16, peak_e16, peak_rd, probe_rd } from './ops/peak';
export { avgpool2d_qs8, maxpool2d_qs8 } from './ops/pool2d';
export { softmax_qs8 } from './ops/softmax';
