/**
 * How fast this machine runs the model: its fused paths beside their references, beside the matrix
 * products alone, and beside attention.
 */
@NullMarked
package io.zigma.bench;

import org.jspecify.annotations.NullMarked;
