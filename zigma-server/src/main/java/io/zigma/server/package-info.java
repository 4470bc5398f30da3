/** A server of models: HTTP interfaces that programs know, and a page for people. */
@NullMarked
package io.zigma.server;

import org.jspecify.annotations.NullMarked;
