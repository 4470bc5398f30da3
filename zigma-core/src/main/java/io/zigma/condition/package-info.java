/** What a model is asked for: what it understands, what a person asks, tensors. */
@NullMarked
package io.zigma.condition;

import org.jspecify.annotations.NullMarked;
