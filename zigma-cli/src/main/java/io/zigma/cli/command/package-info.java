/** One class a command. */
@NullMarked
package io.zigma.cli.command;

import org.jspecify.annotations.NullMarked;
