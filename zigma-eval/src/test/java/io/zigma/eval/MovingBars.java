package io.zigma.eval;

import io.zigma.train.data.ClipOptions;
import io.zigma.train.data.ImageDataset;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;

/**
 * Clips of a bright bar that goes to the right or to the left by a column a frame: no frame alone
 * says which.
 *
 * @param size how many
 * @param seed of their places
 */
public record MovingBars(int size, long seed) implements ImageDataset {

    /** Frames of each. */
    public static final int FRAMES = 6;

    private static final int SIDE = 8;

    @Override
    public String name() {
        return "bars";
    }

    @Override
    public int frames() {
        return FRAMES;
    }

    @Override
    public Optional<ClipOptions> clips() {
        return Optional.of(ClipOptions.of(FRAMES));
    }

    @Override
    public int channels() {
        return 1;
    }

    @Override
    public int height() {
        return SIDE;
    }

    @Override
    public int width() {
        return SIDE;
    }

    @Override
    public List<String> labels() {
        return List.of("right", "left");
    }

    @Override
    public int label(int index) {
        return index % 2;
    }

    @Override
    public void read(int index, boolean flipped, float[] target, int offset) {
        Random random = new Random(1000 * seed + index);
        int start = random.nextInt(SIDE);
        float bright = random.nextFloat();
        int step = label(index) == 0 ? 1 : SIDE - 1;
        for (int frame = 0; frame < FRAMES; frame++) {
            int bar = (start + frame * step) % SIDE;
            for (int i = 0; i < SIDE * SIDE; i++) {
                target[offset + frame * SIDE * SIDE + i] = i % SIDE == bar ? bright : -0.5f;
            }
        }
    }

    @Override
    public String contentHash() {
        return "1".repeat(64);
    }

    /** Returns all as clips. */
    public Pictures pictures() {
        return Pictures.of(this, IntStream.range(0, size).toArray());
    }
}
