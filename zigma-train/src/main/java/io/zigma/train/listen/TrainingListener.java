package io.zigma.train.listen;

import java.io.IOException;
import java.nio.file.Path;

/** Called with the events of a run, by the training thread, which waits. */
public interface TrainingListener {

    /**
     * Called after every step.
     *
     * @param report what it came to
     * @throws IOException to end the run
     */
    default void afterStep(StepReport report) throws IOException {}

    /**
     * Called when the run may come to grief, before it does.
     *
     * @param line what may happen and what to do
     */
    default void warned(String line) {}

    /**
     * Called after every finished checkpoint.
     *
     * @param step steps taken
     * @param checkpoint its folder
     * @throws IOException to end the run
     */
    default void saved(long step, Path checkpoint) throws IOException {}

    /**
     * Called after every sample picture.
     *
     * @param step steps taken
     * @param picture a PNG file
     * @throws IOException to end the run
     */
    default void sampled(long step, Path picture) throws IOException {}
}
