package io.zigma.train;

import io.zigma.train.data.ImageDataset;
import java.util.List;
import java.util.Locale;

/** Pictures that are computed: class k has a bright column every k + 2 pixels. */
public record StripedImages(int size, int height, int width, int classes, float brightness)
        implements ImageDataset {

    @Override
    public String name() {
        return "stripes";
    }

    @Override
    public int channels() {
        return 1;
    }

    @Override
    public List<String> labels() {
        return List.of("wide", "wider", "widest").subList(0, classes);
    }

    @Override
    public int label(int index) {
        return classes == 0 ? -1 : index % classes;
    }

    @Override
    public void read(int index, boolean flipped, float[] target, int offset) {
        int period = index % 3 + 2;
        for (int row = 0; row < height; row++) {
            for (int column = 0; column < width; column++) {
                int from = flipped ? width - 1 - column : column;
                float value = (from + index) % period == 0 ? brightness : -brightness;
                target[offset + row * width + column] = value;
            }
        }
    }

    @Override
    public String contentHash() {
        return String.format(Locale.ROOT, "%064x", hashCode());
    }
}
