/**
 * HTTP as this server speaks it, on Jetty: routes, bodies under limits, streams of events, and who
 * is let in. Knows nothing of what is asked for.
 */
@NullMarked
package io.zigma.server.http;

import org.jspecify.annotations.NullMarked;
