/** JMH benchmarks of the operations that have a fused kernel, each beside its reference. */
@NullMarked
package io.zigma.jmh;

import org.jspecify.annotations.NullMarked;
