package io.zigma.eval.classifier;

import io.zigma.train.data.ImageDataset;
import java.util.List;

/**
 * Pictures of one brightness: alternately dark, middle and bright ones, each a little different.
 */
record PlainPictures(int size, List<String> labels, int side) implements ImageDataset {

    static final List<String> CLASSES = List.of("dark", "middle", "bright");

    static PlainPictures of(int size) {
        return new PlainPictures(size, CLASSES, 8);
    }

    @Override
    public String name() {
        return "plain";
    }

    @Override
    public int channels() {
        return 1;
    }

    @Override
    public int height() {
        return side;
    }

    @Override
    public int width() {
        return side;
    }

    @Override
    public int label(int index) {
        return labels.isEmpty() ? -1 : index % labels.size();
    }

    @Override
    public void read(int index, boolean flipped, float[] target, int offset) {
        for (int i = 0; i < side * side; i++) {
            target[offset + i] = index % 3 - 1 + 0.01f * (index % 7) + 0.001f * i;
        }
    }

    @Override
    public String contentHash() {
        return "0".repeat(64);
    }
}
