/** How the tensor engine is started, at its first use. */
@NullMarked
package io.zigma.engine;

import org.jspecify.annotations.NullMarked;
