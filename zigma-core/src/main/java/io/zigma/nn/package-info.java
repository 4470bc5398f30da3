/**
 * DJL blocks that several backbones share: embeddings, norms, adaLN modulation and the Mamba mixer.
 */
@NullMarked
package io.zigma.nn;

import org.jspecify.annotations.NullMarked;
