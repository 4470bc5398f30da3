package io.zigma.eval;

import io.zigma.train.data.ImageDataset;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;

/** Grey pictures of 4 × 6 random levels, cycling through the classes of the tiny model. */
record RandomImages(int size, long seed) implements ImageDataset {

    @Override
    public String name() {
        return "noise";
    }

    @Override
    public int channels() {
        return 1;
    }

    @Override
    public int height() {
        return 4;
    }

    @Override
    public int width() {
        return 6;
    }

    @Override
    public List<String> labels() {
        return List.of("circle", "square", "cross");
    }

    @Override
    public int label(int index) {
        return index % 3;
    }

    @Override
    public void read(int index, boolean flipped, float[] target, int offset) {
        Random random = new Random(1000 * seed + index);
        for (int i = 0; i < 24; i++) {
            target[offset + i] = random.nextInt(256) / 127.5f - 1;
        }
    }

    @Override
    public String contentHash() {
        return String.format(Locale.ROOT, "%064x", seed);
    }

    /** Returns some of them as pictures. */
    Pictures pictures() {
        int[] all = new int[size];
        Arrays.setAll(all, i -> i);
        return Pictures.of(this, all);
    }
}
