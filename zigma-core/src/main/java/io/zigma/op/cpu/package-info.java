/**
 * Fused kernels for processors, written with the Vector API over plain float buffers; only {@code
 * io.zigma.op} calls them.
 */
@NullMarked
package io.zigma.op.cpu;

import org.jspecify.annotations.NullMarked;
