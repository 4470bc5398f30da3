package io.zigma.eval.feature;

import com.google.gson.JsonObject;

/**
 * What a classifier's {@code config.json} tells people beside its shape, kept as it is.
 *
 * @param accuracy how often it is right, and on which pictures that was measured
 * @param training how it was trained, and with which command
 * @param data on what: name, licence, hash and the like
 */
public record ClassifierFacts(JsonObject accuracy, JsonObject training, JsonObject data) {}
