package io.zigma.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.function.Executable;

/** One kind of fault: how often it was tried, and each time that something was lost or wrong. */
public final class FaultLine implements AutoCloseable {

    private static final int SHOWN = 5;

    private final FaultGroup group;
    private final String what;
    private final List<String> wrong = new ArrayList<>();
    private int tried;

    FaultLine(FaultGroup group, String what) {
        this.group = group;
        this.what = what;
    }

    /**
     * Tries the fault once more; whatever is thrown counts as lost or wrong, and the next try goes
     * on.
     *
     * @param which distinguishes this trial from the others
     * @param trial causes the fault and checks the result
     */
    public void attempt(String which, Executable trial) {
        tried++;
        try {
            trial.execute();
        } catch (Throwable e) {
            wrong.add(which + ": " + e);
        }
    }

    FaultGroup group() {
        return group;
    }

    String what() {
        return what;
    }

    /**
     * Returns how often it was tried so far.
     *
     * @return a count
     */
    public int tried() {
        return tried;
    }

    int lostOrWrong() {
        return wrong.size();
    }

    /** Fails unless it was tried and nothing was lost or wrong. */
    @Override
    public void close() {
        assertThat(tried).as("%s was tried", what).isPositive();
        assertThat(wrong.subList(0, Math.min(wrong.size(), SHOWN)))
                .as("%s: lost or wrong in %d of %d tries", what, wrong.size(), tried)
                .isEmpty();
    }
}
