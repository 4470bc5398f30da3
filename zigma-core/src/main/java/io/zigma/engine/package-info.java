/** How the tensor engine is started, wherever it is needed first. */
@NullMarked
package io.zigma.engine;

import org.jspecify.annotations.NullMarked;
