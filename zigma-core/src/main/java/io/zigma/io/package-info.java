/** Files: safetensors, strict JSON, atomic writing, content hashes. */
@NullMarked
package io.zigma.io;

import org.jspecify.annotations.NullMarked;
