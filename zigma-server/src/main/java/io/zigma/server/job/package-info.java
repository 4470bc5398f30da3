/**
 * What a server does with requests: a bounded queue, a worker for each device, models that are
 * loaded on first use, and jobs with their progress. Knows nothing of HTTP.
 */
@NullMarked
package io.zigma.server.job;

import org.jspecify.annotations.NullMarked;
