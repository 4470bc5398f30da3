/** Options that commands share, parsed once. */
@NullMarked
package io.zigma.cli.option;

import org.jspecify.annotations.NullMarked;
