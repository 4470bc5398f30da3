/** Listeners of a run: its log, TensorBoard's curves, progress for people. */
@NullMarked
package io.zigma.train.listen;

import org.jspecify.annotations.NullMarked;
