package io.zigma.cli;

/** The parts of the table in {@code docs/reliability.md}, in its order. */
enum FaultGroup {
    KILLED("Killed"),
    STORAGE("Storage"),
    CHECKPOINTS("Checkpoints from strangers"),
    NUMBERS("Numbers"),
    DATA("Data"),
    REQUESTS("Requests"),
    FUZZING("Fuzzing");

    private final String title;

    FaultGroup(String title) {
        this.title = title;
    }

    String title() {
        return title;
    }
}
