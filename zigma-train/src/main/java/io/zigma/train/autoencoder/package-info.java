/** Training of autoencoders whose latents models are trained on. */
@org.jspecify.annotations.NullMarked
package io.zigma.train.autoencoder;
