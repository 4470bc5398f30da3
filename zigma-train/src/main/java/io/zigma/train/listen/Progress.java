package io.zigma.train.listen;

import java.time.Duration;

/**
 * How far a run is.
 *
 * @param step steps taken
 * @param total steps of the whole run
 * @param loss loss, smoothed over about 100 steps
 * @param imagesPerSecond images a second, smoothed likewise
 * @param remaining time to the end at this pace
 */
public record Progress(
        long step, long total, double loss, double imagesPerSecond, Duration remaining) {}
