/**
 * The interfaces: this project's own with jobs and events, that of OpenAI's clients, that of
 * AUTOMATIC1111's, the page, and what whoever runs a server watches. Each turns its requests into
 * the one form of {@link io.zigma.pipeline.JsonRequest}.
 */
@NullMarked
package io.zigma.server.api;

import org.jspecify.annotations.NullMarked;
