package io.zigma.train.autoencoder;

import io.zigma.train.data.ImageDataset;
import java.util.List;
import java.util.Locale;

/**
 * Pictures that are computed: waves of one direction a picture in changing colours, with an edge,
 * which a linear autoencoder of few channels does not keep.
 *
 * @param size how many
 * @param side pixels a side
 */
record ColouredWaves(int size, int side) implements ImageDataset {

    @Override
    public String name() {
        return "waves";
    }

    @Override
    public int channels() {
        return 3;
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
    public List<String> labels() {
        return List.of();
    }

    @Override
    public int label(int index) {
        return -1;
    }

    @Override
    public void read(int index, boolean flipped, float[] target, int offset) {
        double angle = 0.7 * index;
        for (int c = 0; c < 3; c++) {
            for (int y = 0; y < side; y++) {
                for (int x = 0; x < side; x++) {
                    int column = flipped ? side - 1 - x : x;
                    double along = Math.cos(angle) * column + Math.sin(angle) * y;
                    double value = 0.6 * Math.sin(0.9 * along + c + index);
                    value += column > (index * 5) % side ? 0.3 : -0.3;
                    target[offset + (c * side + y) * side + x] = (float) value;
                }
            }
        }
    }

    @Override
    public String contentHash() {
        return String.format(Locale.ROOT, "%064x", hashCode());
    }
}
