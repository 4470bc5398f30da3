/**
 * Tensor operations that the engine lacks, each a plain reference and, where it pays, a fast path
 * tested against it.
 */
@NullMarked
package io.zigma.op;

import org.jspecify.annotations.NullMarked;
