/**
 * The paths between noise and data and everything that follows from them: targets, losses,
 * conversions between velocity, score and noise, diffusion coefficients and time intervals.
 */
@NullMarked
package io.zigma.diffusion;

import org.jspecify.annotations.NullMarked;
