package io.zigma.train.data;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DatasetsTest {

    @TempDir Path folder;

    @Test
    void aNewKindIsOneClassAndOneRegistration() throws IOException {
        Datasets.register(new Ramp());
        Path file = Files.writeString(folder.resolve("three.ramp"), "3");
        ImageDataset data = Datasets.open(file, DatasetOptions.defaults());
        assertThat(data.size()).isEqualTo(3);
        try (Batches batches = Batches.from(data, new BatchPlan(2, 1, false), 0)) {
            assertThat(batches.next().images()).hasSize(2);
        }
    }

    /** A toy: a text file with a number of grey pictures of one pixel, each brighter. */
    private static final class Ramp implements DatasetKind {

        @Override
        public String name() {
            return "ramp";
        }

        @Override
        public String description() {
            return "a text file of a number";
        }

        @Override
        public boolean recognises(Path source) {
            return source.toString().endsWith(".ramp");
        }

        @Override
        public ImageDataset open(Path source, DatasetOptions options) throws IOException {
            int count = Integer.parseInt(Files.readString(source).strip());
            return new ImageDataset() {
                @Override
                public String name() {
                    return "ramp";
                }

                @Override
                public int size() {
                    return count;
                }

                @Override
                public int channels() {
                    return 1;
                }

                @Override
                public int height() {
                    return 1;
                }

                @Override
                public int width() {
                    return 1;
                }

                @Override
                public List<String> labels() {
                    return List.of();
                }

                @Override
                public int label(int index) {
                    return -1;
                }

                @Override
                public void read(int index, boolean flipped, float[] target, int offset) {
                    target[offset] = (float) index / count;
                }

                @Override
                public String contentHash() {
                    return String.format(Locale.ROOT, "%064x", count);
                }
            };
        }
    }
}
