/**
 * From a request to pictures: generation with a loaded checkpoint, and the files that pictures are
 * written to.
 */
@NullMarked
package io.zigma.pipeline;

import org.jspecify.annotations.NullMarked;
