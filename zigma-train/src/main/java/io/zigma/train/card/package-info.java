/**
 * What a run's files say of themselves: model card, provenance, description of model, data and
 * software.
 */
@NullMarked
package io.zigma.train.card;

import org.jspecify.annotations.NullMarked;
