/**
 * The folder that a training run writes: its lock, its log, its TensorBoard events, its sample
 * pictures and its checkpoints, none of which a crash can leave half-written under its name.
 */
@NullMarked
package io.zigma.train.run;

import org.jspecify.annotations.NullMarked;
