package io.zigma.eval.metric;

/**
 * A value that a metric gives.
 *
 * @param quantity what is measured
 * @param value the value
 * @param pictures how many pictures it is of: most figures depend on their number
 */
public record Figure(Quantity quantity, double value, int pictures) {}
