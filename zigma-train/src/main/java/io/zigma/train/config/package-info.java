/**
 * The settings of a run: model, objective, optimisation, length, batch, cadence, origin, as records
 * that refuse impossible values, and their JSON.
 */
@NullMarked
package io.zigma.train.config;

import org.jspecify.annotations.NullMarked;
