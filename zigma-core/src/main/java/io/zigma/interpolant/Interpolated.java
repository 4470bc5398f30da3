package io.zigma.interpolant;

import ai.djl.ndarray.NDArray;

/**
 * A batch on its way from noise to data: what the model sees, and what it should say.
 *
 * @param at x_t = α·data + σ·noise (B, …)
 * @param time the times (B) as float32, as the model takes them
 * @param target the velocity α′·data + σ′·noise (B, …)
 * @param noise the noise in x_t (B, …), the array that was given
 * @param times the times in double precision, B of them
 */
@SuppressWarnings("ArrayRecordComponent") // a batch is never compared with another
public record Interpolated(
        NDArray at, NDArray time, NDArray target, NDArray noise, double[] times) {}
