/** Conversions between pixels and the space of a model's samples. */
@NullMarked
package io.zigma.codec;

import org.jspecify.annotations.NullMarked;
