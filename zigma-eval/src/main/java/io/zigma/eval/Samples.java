package io.zigma.eval;

/**
 * What a model made for one sampling seed.
 *
 * @param pictures as they would lie in files
 * @param labels the class each was asked to be of, −1 where the model has none
 * @param evaluations how often the model was evaluated for a picture, on average; a guided
 *     evaluation counts once
 * @param passes how often the network ran for a picture, on average; a guided evaluation takes two
 */
public record Samples(Pictures pictures, int[] labels, double evaluations, double passes) {}
