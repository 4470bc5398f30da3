/** Tests of the paths between noise and data. */
@NullMarked
package io.zigma.diffusion;

import org.jspecify.annotations.NullMarked;
