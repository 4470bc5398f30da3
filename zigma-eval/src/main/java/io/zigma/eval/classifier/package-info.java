/**
 * Trains the small classifier that generated pictures are evaluated with, on labelled pictures and
 * before any picture is generated.
 */
@NullMarked
package io.zigma.eval.classifier;

import org.jspecify.annotations.NullMarked;
