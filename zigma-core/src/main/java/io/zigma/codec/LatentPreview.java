package io.zigma.codec;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import io.zigma.base.SampleShape;
import io.zigma.io.CheckpointException;
import io.zigma.io.Fields;
import java.util.Arrays;

/**
 * What latents look like without decoding them: each pixel of the preview is a linear function of
 * the latent's channels at that place, fitted to the mean colours of what was encoded there. It
 * costs nothing beside a step of sampling, and shows layout and colours.
 */
public final class LatentPreview {

    /** Keeps the fit defined where a channel never changes. */
    private static final double RIDGE = 1e-6;

    private final double[][] weights; // (pixel channels, latent channels)
    private final double[] bias; // (pixel channels)

    private LatentPreview(double[][] weights, double[] bias) {
        this.weights = weights;
        this.bias = bias;
    }

    /** Collects latents and their pictures, then solves for the projection by least squares. */
    public static final class Fit {

        private final int inputs;
        private final int outputs;
        private final double[][] squares; // (c + 1, c + 1)
        private final double[][] products; // (c + 1, C)
        private long seen;

        /**
         * Begins a fit.
         *
         * @param latentChannels c
         * @param pixelChannels C
         */
        public Fit(int latentChannels, int pixelChannels) {
            inputs = latentChannels;
            outputs = pixelChannels;
            squares = new double[latentChannels + 1][latentChannels + 1];
            products = new double[latentChannels + 1][pixelChannels];
        }

        /**
         * Adds a picture and its latent.
         *
         * @param latent c · h · w numbers
         * @param sample its size
         * @param pixels C · H · W numbers in [−1, 1]
         * @param picture its size, whole multiples of the latent's sides
         */
        public void add(float[] latent, SampleShape sample, float[] pixels, SampleShape picture) {
            int f = picture.height() / sample.height();
            int plane = sample.height() * sample.width();
            double[] x = new double[inputs + 1];
            for (int row = 0; row < sample.height(); row++) {
                for (int column = 0; column < sample.width(); column++) {
                    for (int c = 0; c < inputs; c++) {
                        x[c] = latent[c * plane + row * sample.width() + column];
                    }
                    x[inputs] = 1;
                    for (int i = 0; i <= inputs; i++) {
                        for (int j = 0; j <= i; j++) {
                            squares[i][j] += x[i] * x[j];
                        }
                    }
                    for (int c = 0; c < outputs; c++) {
                        double mean = mean(pixels, picture, c, row * f, column * f, f);
                        for (int i = 0; i <= inputs; i++) {
                            products[i][c] += x[i] * mean;
                        }
                    }
                    seen++;
                }
            }
        }

        private static double mean(
                float[] pixels, SampleShape picture, int channel, int top, int left, int side) {
            double sum = 0;
            for (int y = top; y < top + side; y++) {
                int from = (channel * picture.height() + y) * picture.width() + left;
                for (int x = 0; x < side; x++) {
                    sum += pixels[from + x];
                }
            }
            return sum / ((double) side * side);
        }

        /**
         * Solves.
         *
         * @return the projection
         * @throws IllegalStateException if nothing was added
         */
        public LatentPreview solve() {
            if (seen == 0) {
                throw new IllegalStateException(
                        "a preview is fitted to pictures, and none was seen");
            }
            int n = inputs + 1;
            double trace = 0;
            for (int i = 0; i < inputs; i++) {
                trace += squares[i][i];
            }
            double ridge = RIDGE * Math.max(trace / inputs, seen);
            double[][] lower = new double[n][n]; // Cholesky
            for (int i = 0; i < n; i++) {
                for (int j = 0; j <= i; j++) {
                    double sum = squares[i][j] + (i == j && i < inputs ? ridge : 0);
                    for (int k = 0; k < j; k++) {
                        sum -= lower[i][k] * lower[j][k];
                    }
                    lower[i][j] = i == j ? Math.sqrt(Math.max(sum, ridge)) : sum / lower[j][j];
                }
            }
            double[][] weights = new double[outputs][inputs];
            double[] bias = new double[outputs];
            for (int c = 0; c < outputs; c++) {
                double[] y = new double[n];
                for (int i = 0; i < n; i++) {
                    double sum = products[i][c];
                    for (int k = 0; k < i; k++) {
                        sum -= lower[i][k] * y[k];
                    }
                    y[i] = sum / lower[i][i];
                }
                for (int i = n - 1; i >= 0; i--) {
                    double sum = y[i];
                    for (int k = i + 1; k < n; k++) {
                        sum -= lower[k][i] * y[k];
                    }
                    y[i] = sum / lower[i][i];
                }
                weights[c] = Arrays.copyOf(y, inputs);
                bias[c] = y[inputs];
            }
            return new LatentPreview(weights, bias);
        }
    }

    /**
     * Returns how many channels the latents have.
     *
     * @return c
     */
    public int latentChannels() {
        return weights[0].length;
    }

    /**
     * Returns how many channels the preview has.
     *
     * @return 1 or 3
     */
    public int pixelChannels() {
        return weights.length;
    }

    /**
     * Projects latents.
     *
     * @param latent c · h · w numbers
     * @param places h · w
     * @return C · h · w numbers, about −1 black to 1 white
     * @throws IllegalArgumentException if the latent has other channels
     */
    public float[] project(float[] latent, int places) {
        if (latent.length != latentChannels() * places) {
            throw new IllegalArgumentException(
                    "the preview is one of latents of %s channels, not of %s"
                            .formatted(latentChannels(), latent.length / places));
        }
        float[] pixels = new float[weights.length * places];
        for (int c = 0; c < weights.length; c++) {
            for (int place = 0; place < places; place++) {
                double value = bias[c];
                for (int k = 0; k < latentChannels(); k++) {
                    value += weights[c][k] * latent[k * places + place];
                }
                pixels[c * places + place] = (float) value;
            }
        }
        return pixels;
    }

    /**
     * Projects a latent and repeats each value, so that the preview has the size of the picture.
     *
     * @param latent c · h · w numbers
     * @param sample its size
     * @param picture the picture's size, whole multiples of the latent's sides
     * @return C · H · W numbers, about −1 black to 1 white
     */
    public float[] enlarged(float[] latent, SampleShape sample, SampleShape picture) {
        float[] small = project(latent, sample.height() * sample.width());
        float[] pixels = new float[weights.length * picture.height() * picture.width()];
        for (int c = 0; c < weights.length; c++) {
            for (int y = 0; y < picture.height(); y++) {
                int row = c * sample.height() + y * sample.height() / picture.height();
                for (int x = 0; x < picture.width(); x++) {
                    pixels[(c * picture.height() + y) * picture.width() + x] =
                            small[row * sample.width() + x * sample.width() / picture.width()];
                }
            }
        }
        return pixels;
    }

    /**
     * Returns the projection as JSON.
     *
     * @return an object for {@link #read}
     */
    public JsonObject json() {
        JsonObject json = new JsonObject();
        JsonArray rows = new JsonArray();
        for (double[] row : weights) {
            JsonArray numbers = new JsonArray();
            Arrays.stream(row).forEach(numbers::add);
            rows.add(numbers);
        }
        json.add("weights", rows);
        JsonArray constants = new JsonArray();
        Arrays.stream(bias).forEach(constants::add);
        json.add("bias", constants);
        return json;
    }

    /**
     * Reads what {@link #json} wrote.
     *
     * @param json the fields
     * @return the projection
     * @throws CheckpointException if it is none
     */
    public static LatentPreview read(Fields json) throws CheckpointException {
        json.only("weights", "bias");
        try {
            JsonArray rows = json.json().getAsJsonArray("weights");
            JsonArray constants = json.json().getAsJsonArray("bias");
            double[][] weights = new double[rows.size()][];
            double[] bias = new double[rows.size()];
            for (int c = 0; c < weights.length; c++) {
                weights[c] =
                        rows.get(c).getAsJsonArray().asList().stream()
                                .mapToDouble(JsonElement::getAsDouble)
                                .toArray();
                bias[c] = constants.get(c).getAsDouble();
            }
            boolean sound =
                    (weights.length == 1 || weights.length == 3)
                            && constants.size() == weights.length
                            && weights[0].length > 0
                            && Arrays.stream(weights)
                                    .allMatch(row -> row.length == weights[0].length)
                            && Arrays.stream(weights)
                                    .flatMapToDouble(Arrays::stream)
                                    .allMatch(Double::isFinite)
                            && Arrays.stream(bias).allMatch(Double::isFinite);
            if (sound) {
                return new LatentPreview(weights, bias);
            }
        } catch (RuntimeException e) {
            throw new CheckpointException(
                    "%s: the preview of latents is damaged".formatted(json.file()), e);
        }
        throw new CheckpointException(
                "%s: the preview of latents is damaged".formatted(json.file()));
    }
}
