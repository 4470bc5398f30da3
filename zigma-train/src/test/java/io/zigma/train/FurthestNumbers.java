package io.zigma.train;

import static org.assertj.core.api.Assertions.assertThat;

import io.zigma.io.SafetensorsFile;
import java.io.IOException;
import java.nio.file.Path;

/** Compares files of tensors number by number. */
final class FurthestNumbers {

    private FurthestNumbers() {}

    /** Returns by how much any number of two files of the same tensors differs. */
    static float between(Path one, Path other) throws IOException {
        float furthest = 0;
        try (SafetensorsFile left = SafetensorsFile.open(one);
                SafetensorsFile right = SafetensorsFile.open(other)) {
            assertThat(right.names()).isEqualTo(left.names());
            for (String name : left.names()) {
                float[] expected = left.floats(name);
                float[] actual = right.floats(name);
                assertThat(actual).as(name).hasSameSizeAs(expected);
                for (int i = 0; i < expected.length; i++) {
                    furthest = Math.max(furthest, Math.abs(expected[i] - actual[i]));
                }
            }
        }
        return furthest;
    }
}
