/**
 * Which token follows which: grids, scan paths and the plan that gives each layer its path, in pure
 * Java.
 */
@NullMarked
package io.zigma.scan;

import org.jspecify.annotations.NullMarked;
