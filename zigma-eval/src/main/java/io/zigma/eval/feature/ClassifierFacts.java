package io.zigma.eval.feature;

import com.google.gson.JsonObject;

/**
 * The information for readers in a classifier's {@code config.json} beside its shape, stored
 * unchanged.
 *
 * @param accuracy how often it is right, and on which pictures that was measured
 * @param training how it was trained, and with which command
 * @param data on what: name, licence, hash and the like
 */
public record ClassifierFacts(JsonObject accuracy, JsonObject training, JsonObject data) {}
