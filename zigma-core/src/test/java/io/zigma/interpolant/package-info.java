/** Tests of the paths between noise and data. */
@NullMarked
package io.zigma.interpolant;

import org.jspecify.annotations.NullMarked;
