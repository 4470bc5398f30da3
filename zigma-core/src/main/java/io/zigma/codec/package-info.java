/** Pixels ↔ the space that a model works in. */
@NullMarked
package io.zigma.codec;

import org.jspecify.annotations.NullMarked;
