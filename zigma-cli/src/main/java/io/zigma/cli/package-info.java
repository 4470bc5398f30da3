/** The command line: one class a command, each makes one call of the library from its options. */
@NullMarked
package io.zigma.cli;

import org.jspecify.annotations.NullMarked;
