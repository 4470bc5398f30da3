package io.zigma.eval.attribute;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zigma.train.data.ImageDataset;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ByAttributeTest {

    private static final ImageDataset CRABS =
            new Said(
                    Map.of("colour", "red", "thing", "crab"),
                    Map.of("thing", "crab"),
                    Map.of("colour", "blue", "thing", "crab"),
                    Map.of("colour", "red", "thing", "crab"));

    @Test
    void valuesAreClassesInOrderAndPicturesWithoutOneAreLeftOut() {
        ByAttribute colours = ByAttribute.of(CRABS, "colour");
        assertThat(colours.labels()).containsExactly("blue", "red");
        assertThat(IntStream.range(0, colours.size()).map(colours::label)).containsExactly(1, 0, 1);
        assertThat(colours.leftOut()).isEqualTo(1);
        float[] picture = new float[1];
        colours.read(1, false, picture, 0);
        assertThat(picture[0]).as("the third of the whole").isEqualTo(2);
    }

    @Test
    void otherPicturesHaveTheSameClasses() {
        ByAttribute test =
                ByAttribute.of(
                        new Said(Map.of("colour", "green"), Map.of("colour", "red")),
                        "colour",
                        List.of("blue", "red"));
        assertThat(test.size()).isEqualTo(1);
        assertThat(test.label(0)).isEqualTo(1);
    }

    @Test
    void whatCannotBeToldApartIsRefused() {
        assertThatThrownBy(() -> ByAttribute.of(CRABS, "style"))
                .hasMessageContaining("its pictures have colour, thing");
        assertThatThrownBy(() -> ByAttribute.of(CRABS, "thing"))
                .hasMessageContaining("every picture of said has the thing 'crab'");
        assertThatThrownBy(() -> ByAttribute.of(new Said(Map.of()), "thing"))
                .hasMessageContaining("metadata.jsonl");
    }

    /** Pictures of one grey value, their number, of which this is said. */
    private static final class Said implements ImageDataset {

        private final List<Map<String, String>> attributes;

        @SafeVarargs
        Said(Map<String, String>... attributes) {
            this.attributes = Arrays.asList(attributes);
        }

        @Override
        public String name() {
            return "said";
        }

        @Override
        public int size() {
            return attributes.size();
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
        public Map<String, String> attributes(int index) {
            return attributes.get(index);
        }

        @Override
        public void read(int index, boolean flipped, float[] target, int offset) {
            target[offset] = index;
        }

        @Override
        public String contentHash() {
            return "0".repeat(64);
        }
    }
}
