/**
 * Kernels for NVIDIA's GPUs: CUDA C in the jar, compiled by NVRTC at run time and launched through
 * the driver on libtorch's stream and arrays; only {@code io.zigma.op} calls them.
 */
@NullMarked
package io.zigma.op.cuda;

import org.jspecify.annotations.NullMarked;
