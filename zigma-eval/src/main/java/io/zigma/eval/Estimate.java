package io.zigma.eval;

/**
 * A figure that no sampling seed has part in.
 *
 * @param value the figure
 * @param error its standard error
 */
public record Estimate(double value, double error) {}
