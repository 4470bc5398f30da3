/** The Diffusion Transformer: specification, blocks, published initialisation and sizes. */
@NullMarked
package io.zigma.backbone.dit;

import org.jspecify.annotations.NullMarked;
