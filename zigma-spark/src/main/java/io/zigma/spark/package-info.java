/**
 * The same work on a cluster, by Apache Spark: rows of requests in, rows of pictures out; pictures
 * encoded by spans; pictures measured by parts that are merged; and training by tasks that add up
 * their gradients.
 */
@NullMarked
package io.zigma.spark;

import org.jspecify.annotations.NullMarked;
