package io.zigma.text;

import ai.djl.ndarray.NDArray;

/**
 * What a text encoder makes of a batch of texts, all float32.
 *
 * <p>CLIP pads with tokens that its network sees and that models trained on CLIP attend to: they
 * count as the text's, and its mask is 1 throughout.
 *
 * @param context one vector for each token of each text (B, n, d); 0 behind a text's end
 * @param mask 1 for each token of the text and 0 behind its end (B, n)
 * @param pooled one vector a text (B, p), as the encoder's authors pool; p is d unless they project
 *     it
 */
public record TextFeatures(NDArray context, NDArray mask, NDArray pooled) {}
