/**
 * Training as in the paper: a batch, noise, a time in between, a squared error, one step; and a run
 * that can be interrupted anywhere and ends the same.
 */
@NullMarked
package io.zigma.train;

import org.jspecify.annotations.NullMarked;
