package io.zigma.train.autoencoder;

import io.zigma.base.SampleShape;
import io.zigma.codec.DeepAutoencoderConfig;
import io.zigma.codec.LatentPreview;
import io.zigma.train.data.ImageDataset;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/** Mean and deviation of each channel of latents, and what normalised latents look like. */
final class LatentStatistics {

    /** A channel that says nothing is not scaled up to noise. */
    private static final double LEAST_DEVIATION = 1e-4;

    private final ImageDataset data;
    private final SampleShape pixels;
    private final SampleShape sample;
    private final int count;
    private final float[] mean;
    private final float[] deviation;
    private final LatentPreview.Fit fit;

    LatentStatistics(DeepAutoencoderConfig config, ImageDataset data, int most) {
        this.data = data;
        pixels = SampleShape.image(data.channels(), data.height(), data.width());
        sample = config.sampleOf(pixels);
        count = Math.min(most, data.size());
        mean = new float[sample.channels()];
        deviation = new float[sample.channels()];
        fit = new LatentPreview.Fit(sample.channels(), pixels.channels());
    }

    /** Returns the pictures' size. */
    SampleShape pixels() {
        return pixels;
    }

    /**
     * Measures.
     *
     * @param encoder from the C · H · W numbers of a picture to the c · h · w of its latent
     */
    void measure(UnaryOperator<float[]> encoder) {
        int plane = sample.height() * sample.width();
        double[] sums = new double[mean.length];
        double[] squares = new double[mean.length];
        List<float[]> latents = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            float[] latent = encoder.apply(picture(i));
            latents.add(latent);
            for (int c = 0; c < mean.length; c++) {
                for (int k = 0; k < plane; k++) {
                    double value = latent[c * plane + k];
                    sums[c] += value;
                    squares[c] += value * value;
                }
            }
        }
        double n = (double) count * plane;
        for (int c = 0; c < mean.length; c++) {
            double middle = sums[c] / n;
            mean[c] = (float) middle;
            deviation[c] =
                    (float)
                            Math.max(
                                    LEAST_DEVIATION,
                                    Math.sqrt(Math.max(0, squares[c] / n - middle * middle)));
        }
        for (int i = 0; i < count; i++) {
            float[] latent = latents.get(i);
            for (int c = 0; c < mean.length; c++) {
                for (int k = 0; k < plane; k++) {
                    latent[c * plane + k] = (latent[c * plane + k] - mean[c]) / deviation[c];
                }
            }
            fit.add(latent, sample, picture(i), pixels);
        }
    }

    private float[] picture(int number) {
        float[] picture = new float[pixels.size()];
        data.read((int) ((long) number * data.size() / count), false, picture, 0);
        return picture;
    }

    float[] mean() {
        return mean.clone();
    }

    float[] deviation() {
        return deviation.clone();
    }

    LatentPreview preview() {
        return fit.solve();
    }
}
