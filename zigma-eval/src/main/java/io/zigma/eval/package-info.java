/**
 * Evaluates a generator by its pictures alone: features that are computed once, and the figures of
 * all metrics beside those of real pictures.
 */
@NullMarked
package io.zigma.eval;

import org.jspecify.annotations.NullMarked;
