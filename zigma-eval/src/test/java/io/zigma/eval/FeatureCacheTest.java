package io.zigma.eval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.Device;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FeatureCacheTest {

    private static final Pictures PICTURES = new RandomImages(40, 1).pictures();

    @TempDir Path folder;
    private final List<Integer> computed = new ArrayList<>();

    @Test
    void featuresOfTheSamePicturesAreComputedOnce() throws IOException {
        NetworkOutput first = cache().outputOf(new ProjectingClassifier(1), PICTURES);
        assertThat(computed).as("progress of the first time").containsExactly(32, 40);
        NetworkOutput second =
                cache().outputOf(new ProjectingClassifier(1), new RandomImages(40, 1).pictures());
        assertThat(computed).as("progress after the second").hasSize(2);
        for (int row = 0; row < 40; row++) {
            for (int column = 0; column < 3; column++) {
                assertThat(second.features().at(row, column))
                        .isEqualTo(first.features().at(row, column));
                assertThat(second.logits().orElseThrow().at(row, column))
                        .isEqualTo(first.logits().orElseThrow().at(row, column));
            }
        }
    }

    @Test
    void featuresOfOtherPicturesAndOtherWeightsAreComputed() throws IOException {
        cache().outputOf(new ProjectingClassifier(1), PICTURES);
        cache().outputOf(new ProjectingClassifier(2), PICTURES);
        cache().outputOf(new ProjectingClassifier(1), new RandomImages(40, 2).pictures());
        assertThat(computed).hasSize(6);
    }

    @Test
    void featuresUnderTheWrongNameAreRefusedByName() throws IOException {
        cache().outputOf(new ProjectingClassifier(1), PICTURES);
        byte[] others = Files.readAllBytes(only());
        Files.delete(only());
        cache().outputOf(new ProjectingClassifier(1), new RandomImages(40, 2).pictures());
        Files.write(only(), others);
        assertThatThrownBy(
                        () ->
                                cache().outputOf(
                                                new ProjectingClassifier(1),
                                                new RandomImages(40, 2).pictures()))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("delete it to make them again");
    }

    private Path only() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.findFirst().orElseThrow();
        }
    }

    private FeatureCache cache() {
        return new FeatureCache(folder, Device.cpu(), (network, done, total) -> computed.add(done));
    }
}
