package io.zigma.train.run;

import java.io.IOException;
import java.nio.file.Path;

/** A process that takes a run's lock and dies without letting go of it. */
final class LockTaker {

    static final int REFUSED = 3;
    static final int HALTED_HOLDING = 4;

    private LockTaker() {}

    @SuppressWarnings({"resource", "MustBeClosedChecker"})
    public static void main(String[] arguments) throws IOException {
        try {
            RunLock.take(Path.of(arguments[0]));
        } catch (RunException e) {
            System.exit(REFUSED);
        }
        Runtime.getRuntime().halt(HALTED_HOLDING);
    }
}
