/**
 * Token mixers as a choice of ZigMa's block, each a file: Mamba along the layers' scan, VMamba's
 * cross-scan, context clusters, and both merged. {@link io.zigma.mixer.TokenMixers} has them by
 * name.
 */
@NullMarked
package io.zigma.mixer;

import org.jspecify.annotations.NullMarked;
