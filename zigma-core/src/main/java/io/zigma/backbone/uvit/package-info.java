/** U-ViT: specification, blocks, published initialisation and sizes. */
@NullMarked
package io.zigma.backbone.uvit;

import org.jspecify.annotations.NullMarked;
