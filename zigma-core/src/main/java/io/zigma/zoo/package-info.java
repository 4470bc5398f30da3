/**
 * DJL's doors: checkpoints and the shipped models as DJL's model zoo, {@code Criteria}, {@code
 * Predictor} and DJL Serving see them.
 */
@NullMarked
package io.zigma.zoo;

import org.jspecify.annotations.NullMarked;
