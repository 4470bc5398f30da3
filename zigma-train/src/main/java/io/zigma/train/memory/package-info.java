/**
 * What a step needs in memory and what the system lets the process have, so that a run is refused
 * in words before a cgroup's limit ends it without any.
 */
@NullMarked
package io.zigma.train.memory;

import org.jspecify.annotations.NullMarked;
