/**
 * Import of other programs' files: pickle, torch.save archives, names in foreign safetensors files.
 */
@NullMarked
package io.zigma.convert;

import org.jspecify.annotations.NullMarked;
