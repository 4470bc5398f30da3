/**
 * The interface of training runs: start one, resume one, run it. It can be interrupted anywhere and
 * ends with the same bytes.
 *
 * <p>{@link io.zigma.train.Training} opens the run folder and calls {@link
 * io.zigma.train.loop.TrainingLoop}.
 */
@NullMarked
package io.zigma.train;

import org.jspecify.annotations.NullMarked;
