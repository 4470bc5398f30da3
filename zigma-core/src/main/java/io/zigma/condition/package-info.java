/** Conditions: what a model is conditioned on, prompts of users, and their tensors. */
@NullMarked
package io.zigma.condition;

import org.jspecify.annotations.NullMarked;
