/** Pictures in and out: decoding, resizing, PNG, GIF, grids. */
@NullMarked
package io.zigma.media;

import org.jspecify.annotations.NullMarked;
