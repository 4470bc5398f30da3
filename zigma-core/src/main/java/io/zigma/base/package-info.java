/** What every room uses: sample shapes, registries, named choices, the mode of recording. */
@NullMarked
package io.zigma.base;

import org.jspecify.annotations.NullMarked;
