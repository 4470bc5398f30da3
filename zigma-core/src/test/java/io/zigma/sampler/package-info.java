/** Tests of the samplers. */
@NullMarked
package io.zigma.sampler;

import org.jspecify.annotations.NullMarked;
