package io.zigma.op;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class VectorSupportTest {

    @Test
    void nothingIsMissingWhereTheseTestsRun() {
        assertThat(VectorSupport.missing()).isEmpty();
    }

    @ParameterizedTest(name = "{0}, {1}, {2}, level {3}")
    @CsvSource({
        "false, false, 'mixed mode, sharing', 4, without the module",
        "false, true, 'mixed mode, sharing', 4, add --add-modules jdk.incubator.vector",
        "true, true, 'interpreted mode, sharing', 4, leave out -Xint",
        "true, true, 'mixed mode, emulated-client, sharing', 4, leave out -XX:TieredStopAtLevel",
        "true, true, 'mixed mode, sharing', 1, leave out -XX:TieredStopAtLevel"
    })
    void whatIsMissingIsNamedWithTheRemedy(
            boolean added, boolean there, String machine, int level, String remedy) {
        assertThat(VectorSupport.missing(added, there, machine, level)).contains(remedy);
    }
}
