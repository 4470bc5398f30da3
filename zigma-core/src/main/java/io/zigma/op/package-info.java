/**
 * Tensor operations that DJL lacks, each with a reference in plain {@code NDArray} operations and,
 * where it pays, a fused kernel that gradients flow through by way of a {@link
 * io.zigma.op.GradientTape}.
 */
@NullMarked
package io.zigma.op;

import org.jspecify.annotations.NullMarked;
