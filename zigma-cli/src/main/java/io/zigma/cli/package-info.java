/**
 * The command line: one class a command, each turns its options into one call of what lies below.
 */
@NullMarked
package io.zigma.cli;

import org.jspecify.annotations.NullMarked;
