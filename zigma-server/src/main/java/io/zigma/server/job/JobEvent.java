package io.zigma.server.job;

import java.util.List;

/** What happens to a job, in this order: started, steps with previews, ended. */
public sealed interface JobEvent {

    /** Its model is there, and its first step is being taken. */
    record Started() implements JobEvent {}

    /**
     * A step was taken.
     *
     * @param done steps taken
     * @param total steps to take
     * @param secondsLeft how long the rest will take at the pace so far
     */
    record Step(int done, int total, double secondsLeft) implements JobEvent {}

    /**
     * How pictures look now.
     *
     * @param first number of the first of them, from 0
     * @param step steps taken
     * @param pngs PNG files
     */
    record Preview(int first, int step, List<byte[]> pngs) implements JobEvent {}

    /**
     * Nothing more will happen.
     *
     * @param state a final one
     */
    record Ended(JobState state) implements JobEvent {}
}
