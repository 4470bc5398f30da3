/** What every room uses: sample shapes, registries, named choices. */
@NullMarked
package io.zigma.base;

import org.jspecify.annotations.NullMarked;
