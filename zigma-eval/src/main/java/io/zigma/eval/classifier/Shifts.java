package io.zigma.eval.classifier;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.zigma.base.EngineMemory;
import io.zigma.base.SampleShape;
import io.zigma.train.data.Batch;
import java.util.Random;

/**
 * Moves pictures by a few pixels, another way each time a picture comes up; the pixels at the edge
 * are repeated into what becomes free.
 */
final class Shifts {

    private static final long STREAM = 0x9e37_79b9_7f4a_7c15L;

    private final SampleShape sample;
    private final int planes;
    private final int height;
    private final int width;
    private final int most;
    private final long seed;

    /**
     * Makes the moves of a training.
     *
     * @param sample the size of pictures or clips; all frames of a clip are moved alike
     * @param most how many pixels each way
     * @param seed of the training
     */
    Shifts(SampleShape sample, int most, long seed) {
        this.sample = sample;
        this.planes = sample.frameCount() * sample.channels();
        this.height = sample.height();
        this.width = sample.width();
        this.most = most;
        this.seed = seed;
    }

    /**
     * Returns the moved pictures (B, C, H, W), or clips (B, F, C, H, W), in memory of the engine,
     * which is aligned alike.
     */
    NDArray images(Batch batch, NDManager scope) {
        Shape shape = sample.batch(batch.size());
        return EngineMemory.copy(scope, apply(batch.images(), batch.position()), shape);
    }

    /**
     * Moves the pictures of a batch.
     *
     * @param images B · F · C · H · W values
     * @param position of the first picture in the endless stream, which decides the moves
     * @return as many values; the same array where nothing can move
     */
    float[] apply(float[] images, long position) {
        if (most == 0) {
            return images;
        }
        int each = planes * height * width;
        float[] moved = new float[images.length];
        for (int image = 0; image < images.length / each; image++) {
            // Java specifies Random's numbers, so that they are the same everywhere; its own mixing
            // is weak for neighbouring seeds, the multiplication spreads them
            Random random = new Random((seed ^ (position + image) * STREAM) * STREAM);
            int down = random.nextInt(2 * most + 1) - most;
            int right = random.nextInt(2 * most + 1) - most;
            for (int plane = 0; plane < planes; plane++) {
                int start = image * each + plane * height * width;
                move(images, moved, start, down, right);
            }
        }
        return moved;
    }

    private void move(float[] images, float[] moved, int start, int down, int right) {
        for (int y = 0; y < height; y++) {
            int row = start + Math.max(0, Math.min(height - 1, y - down)) * width;
            for (int x = 0; x < width; x++) {
                moved[start + y * width + x] =
                        images[row + Math.max(0, Math.min(width - 1, x - right))];
            }
        }
    }
}
