/** The contract of backbones: what pipeline, training and files know of a network. */
@NullMarked
package io.zigma.backbone;

import org.jspecify.annotations.NullMarked;
