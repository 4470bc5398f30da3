/**
 * Frozen feature networks, by whose outputs sets of pictures are compared: a classifier of our own,
 * and those that the literature measures with.
 */
@NullMarked
package io.zigma.eval.feature;

import org.jspecify.annotations.NullMarked;
