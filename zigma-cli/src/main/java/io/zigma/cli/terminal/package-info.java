/** Standard output, standard error, progress and exit status. */
@NullMarked
package io.zigma.cli.terminal;

import org.jspecify.annotations.NullMarked;
