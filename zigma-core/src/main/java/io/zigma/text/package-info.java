/**
 * Frozen text encoders and their tokenizers: what turns a prompt into the tokens that a model
 * attends to.
 */
@NullMarked
package io.zigma.text;

import org.jspecify.annotations.NullMarked;
