package io.zigma.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What native code writes by itself shows only in a process of its own. */
class QuietStartTest {

    @TempDir Path folder;

    @Test
    void aTrainingFromOtherWeightsAndItsResumeShowNoWarningOfTheEngine() throws Exception {
        TinyData.idx(folder.resolve("data"));
        train(0, "--hidden-size", "8", "--depth", "1", "--patch-size", "4", "--out", "first");

        ZigmaProcess.Ended tuned = train(0, "--from", "first", "--out", "second");
        ZigmaProcess.Ended resumed = train(2, "--resume", "--out", "second");

        assertThat(tuned.err() + resumed.err())
                .doesNotContain("AutoNonVariableTypeMode")
                .doesNotContainIgnoringCase("deprecated");
    }

    private ZigmaProcess.Ended train(int moreSteps, String... options) throws Exception {
        List<String> words = new ArrayList<>(List.of("train", "--data", "data"));
        words.addAll(List.of("--steps", Integer.toString(2 + moreSteps)));
        if (moreSteps == 0) {
            words.addAll(List.of("--batch-size", "2", "--sample-every", "0"));
        }
        words.addAll(List.of(options));
        ZigmaProcess.Ended ended = ZigmaProcess.run(folder, words.toArray(String[]::new));
        assertThat(ended.status()).as(ended.err()).isZero();
        return ended;
    }
}
