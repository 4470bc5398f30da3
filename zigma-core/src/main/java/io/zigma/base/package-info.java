/**
 * Used by all packages: sample shapes, registries, named choices, the mode of gradient recording.
 */
@NullMarked
package io.zigma.base;

import org.jspecify.annotations.NullMarked;
