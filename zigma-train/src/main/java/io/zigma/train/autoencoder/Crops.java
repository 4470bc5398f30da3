package io.zigma.train.autoencoder;

import io.zigma.train.data.Batch;
import io.zigma.train.data.ImageDataset;
import java.util.Random;
import java.util.SplittableRandom;

/**
 * Where the crops of pictures lie, and the noise on their latents: functions of the seed and of a
 * picture's position in the stream alone, so that a run resumes anywhere.
 */
final class Crops {

    private static final long STRIDE = 0x9e37_79b9_7f4a_7c15L;
    private static final long NOISE = 0x2545_f491_4f6c_dd1dL;

    private final int channels;
    private final int height;
    private final int width;
    private final AutoencoderSettings settings;

    Crops(ImageDataset data, AutoencoderSettings settings) {
        channels = data.channels();
        height = data.height();
        width = data.width();
        this.settings = settings;
    }

    /** Returns a crop of each picture of a batch, B · C · side · side numbers. */
    float[] of(Batch batch) {
        int side = settings.crop();
        float[] cut = new float[batch.size() * channels * side * side];
        for (int i = 0; i < batch.size(); i++) {
            SplittableRandom random =
                    new SplittableRandom(bits(settings.seed(), batch.position() + i));
            int top = random.nextInt(height - side + 1);
            int left = random.nextInt(width - side + 1);
            for (int c = 0; c < channels; c++) {
                for (int y = 0; y < side; y++) {
                    System.arraycopy(
                            batch.images(),
                            ((i * channels + c) * height + top + y) * width + left,
                            cut,
                            ((i * channels + c) * side + y) * side,
                            side);
                }
            }
        }
        return cut;
    }

    /**
     * Draws the noise of pictures.
     *
     * @param position of the first picture in the stream
     * @param count how many pictures
     * @param size numbers each
     */
    float[] noise(long position, int count, int size) {
        float[] noise = new float[count * size];
        for (int i = 0; i < count; i++) {
            Random random = new Random(bits(settings.seed() ^ NOISE, position + i));
            for (int k = 0; k < size; k++) {
                noise[i * size + k] = (float) (settings.latentNoise() * random.nextGaussian());
            }
        }
        return noise;
    }

    /**
     * Returns a generator's seed for a picture. It is not the sum itself: SplittableRandom goes on
     * by the same stride, so that each picture would have the numbers of the next but for one.
     */
    private static long bits(long seed, long position) {
        return new SplittableRandom(seed + STRIDE * position).nextLong();
    }
}
