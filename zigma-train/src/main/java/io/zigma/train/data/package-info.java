/**
 * Pictures to train on: folders of them in several formats, and batches in a fixed random order.
 */
@NullMarked
package io.zigma.train.data;

import org.jspecify.annotations.NullMarked;
