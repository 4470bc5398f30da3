/**
 * Judges a generator by its pictures: samples that can be resumed, features that are computed once,
 * what the metrics make of both, and how it is told to people and programs.
 */
@NullMarked
package io.zigma.eval;

import org.jspecify.annotations.NullMarked;
