/**
 * What happens to the weights between two steps: gradients, clipping, AdamW, learning-rate
 * schedules and EMA, all in place and independent of thread count.
 */
@NullMarked
package io.zigma.train.optim;

import org.jspecify.annotations.NullMarked;
