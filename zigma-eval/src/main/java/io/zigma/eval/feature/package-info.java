/**
 * Frozen networks that look at pictures, so that sets of them can be compared by numbers: a
 * classifier of our own, and those that the literature measures with.
 */
@NullMarked
package io.zigma.eval.feature;

import org.jspecify.annotations.NullMarked;
