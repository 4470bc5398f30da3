/**
 * The training loop and what it calls: random streams, noising, the loss of a microbatch, the model
 * that is trained beside its EMA, and the files that are written between steps.
 */
@NullMarked
package io.zigma.train.loop;

import org.jspecify.annotations.NullMarked;
