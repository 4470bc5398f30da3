package io.zigma.testing;

/** The parts of the table in {@code docs/reliability.md}, in its order. */
public enum FaultGroup {
    /** Processes that are ended from outside. */
    KILLED("Killed"),
    /** Disks and folders. */
    STORAGE("Storage"),
    /** Files that others made. */
    CHECKPOINTS("Checkpoints from strangers"),
    /** What arithmetic and memory cannot do. */
    NUMBERS("Numbers"),
    /** Pictures and labels to train on. */
    DATA("Data"),
    /** What is asked for. */
    REQUESTS("Requests"),
    /** Random damage in large numbers. */
    FUZZING("Fuzzing");

    private final String title;

    FaultGroup(String title) {
        this.title = title;
    }

    String title() {
        return title;
    }
}
