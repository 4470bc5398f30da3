/** Weights on disk: safetensors files, checkpoint folders and the import of official weights. */
@NullMarked
package io.zigma.checkpoint;

import org.jspecify.annotations.NullMarked;
