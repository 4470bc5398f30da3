/**
 * From noise to images: ODE and SDE solvers, guidance, per-image seeds and step listeners over any
 * function of x and t.
 */
@NullMarked
package io.zigma.sampler;

import org.jspecify.annotations.NullMarked;
