/**
 * Distances and fractions that say how far a set of generated pictures is from a set of real ones,
 * computed in float64 from their features; nothing here knows a model, a picture or DJL.
 */
@NullMarked
package io.zigma.eval.metric;

import org.jspecify.annotations.NullMarked;
