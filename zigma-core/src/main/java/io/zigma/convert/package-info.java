/** Official files in: pickle, torch.save archives, foreign safetensors names. */
@NullMarked
package io.zigma.convert;

import org.jspecify.annotations.NullMarked;
