/**
 * A set of captioned emoji: things × styles × colours × backgrounds, drawn from free icon sets,
 * with combinations that are held out.
 *
 * <p>Only Java's own drawing and JSVG are used; the icons are read from a file that the caller
 * names and are no part of this module.
 */
@NullMarked
package io.zigma.emoji;

import org.jspecify.annotations.NullMarked;
