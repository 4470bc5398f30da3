/** Encodes data sets as latents in shards, once, so that training does not do it at every step. */
@org.jspecify.annotations.NullMarked
package io.zigma.train.encode;
