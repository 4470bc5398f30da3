/** The interface of backbones that the pipeline, training and files use. */
@NullMarked
package io.zigma.backbone;

import org.jspecify.annotations.NullMarked;
