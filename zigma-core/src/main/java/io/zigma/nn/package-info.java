/**
 * DJL blocks that several backbones share: embeddings, norms, adaLN modulation, the Mamba mixer and
 * cross-attention.
 */
@NullMarked
package io.zigma.nn;

import org.jspecify.annotations.NullMarked;
