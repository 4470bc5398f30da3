/** NumPy's files of arrays, as evaluation programs exchange statistics and pictures. */
@NullMarked
package io.zigma.eval.npz;

import org.jspecify.annotations.NullMarked;
