/**
 * The same work on a cluster, by Apache Spark: rows of requests in, rows of pictures out; and
 * pictures measured by parts that are merged.
 */
@NullMarked
package io.zigma.spark;

import org.jspecify.annotations.NullMarked;
