/**
 * Makes the pictures that an evaluation compares, from a model: samples that can be resumed, and
 * the likelihood of pictures that are there.
 */
@NullMarked
package io.zigma.eval.sampling;

import org.jspecify.annotations.NullMarked;
