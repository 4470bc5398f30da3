package io.zigma.train.autoencoder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.zigma.checkpoint.CodecFolder;
import io.zigma.codec.DeepAutoencoder;
import io.zigma.codec.DeepAutoencoderConfig;
import io.zigma.codec.SampleCodec;
import io.zigma.io.CheckpointException;
import io.zigma.op.Precision;
import io.zigma.train.card.Provenance;
import io.zigma.train.data.DatasetView;
import io.zigma.train.data.ImageDataset;
import io.zigma.train.listen.StepReport;
import io.zigma.train.listen.TrainingListener;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Autoencoders start as the best linear one, get better, and resume to the same bytes. */
class AutoencoderTrainingTest {

    private static final DeepAutoencoderConfig CONFIG =
            new DeepAutoencoderConfig(3, 4, 4, List.of(16, 16), 1, 4);
    private static final ColouredWaves DATA = new ColouredWaves(24, 16);
    private static final Provenance PROVENANCE =
            new Provenance("zigma train-autoencoder --data waves", "made up", "CC0-1.0");

    @TempDir Path place;

    private static AutoencoderSettings settings(int steps, boolean recompute) {
        return new AutoencoderSettings(
                steps, 8, 12, 3e-3, 0.05, true, 5, 4, recompute, Precision.FLOAT32);
    }

    private static AutoencoderTraining training(
            Path folder, AutoencoderSettings settings, boolean resumes) throws IOException {
        return new AutoencoderTraining(
                folder, CONFIG, settings, DATA, PROVENANCE, resumes, Device.cpu());
    }

    private CodecFolder trained(String name, AutoencoderSettings settings) throws IOException {
        try (AutoencoderTraining training = training(place.resolve(name), settings, false)) {
            return training.run();
        }
    }

    private static float[] picture(int index) {
        float[] picture = new float[3 * DATA.side() * DATA.side()];
        DATA.read(index, false, picture, 0);
        return picture;
    }

    /** Returns the mean square error of all pictures, encoded and decoded. */
    private static double error(SampleCodec codec) {
        double sum = 0;
        for (int i = 0; i < DATA.size(); i++) {
            float[] picture = picture(i);
            try (NDManager scope = NDManager.newBaseManager(Device.cpu())) {
                NDArray pixels = scope.create(picture, new Shape(1, 3, DATA.side(), DATA.side()));
                float[] decoded = codec.decode(codec.encode(pixels)).toFloatArray();
                for (int k = 0; k < picture.length; k++) {
                    sum += Math.pow(decoded[k] - picture[k], 2);
                }
            }
        }
        return sum / DATA.size() / picture(0).length;
    }

    private static double psnr(double error) {
        return 10 * Math.log10(4 / error);
    }

    /** Returns the error of the best linear autoencoder: the variance of what it leaves out. */
    private static double leastLinearError(int channels) {
        int n = 48;
        double[] mean = new double[n];
        double[][] covariance = new double[n][n];
        int count = 0;
        for (int i = 0; i < DATA.size(); i++) {
            float[] picture = picture(i);
            for (int top = 0; top < 16; top += 4) {
                for (int left = 0; left < 16; left += 4) {
                    double[] square = new double[n];
                    for (int k = 0; k < n; k++) {
                        square[k] = picture[(k / 16 * 16 + top + k % 16 / 4) * 16 + left + k % 4];
                    }
                    for (int a = 0; a < n; a++) {
                        mean[a] += square[a];
                        for (int b = 0; b < n; b++) {
                            covariance[a][b] += square[a] * square[b];
                        }
                    }
                    count++;
                }
            }
        }
        for (int a = 0; a < n; a++) {
            for (int b = 0; b < n; b++) {
                covariance[a][b] = covariance[a][b] / count - mean[a] / count * (mean[b] / count);
            }
        }
        double[] eigenvalues = eigenvalues(covariance);
        double left = 0;
        for (int i = channels; i < n; i++) {
            left += eigenvalues[i];
        }
        return left / n;
    }

    /** Returns the eigenvalues of a symmetric matrix, largest first, by Jacobi's rotations. */
    private static double[] eigenvalues(double[][] a) {
        int n = a.length;
        for (int sweep = 0; sweep < 30; sweep++) {
            for (int p = 0; p < n; p++) {
                for (int q = p + 1; q < n; q++) {
                    if (Math.abs(a[p][q]) < 1e-15) {
                        continue;
                    }
                    double theta = 0.5 * Math.atan2(2 * a[p][q], a[q][q] - a[p][p]);
                    double cos = Math.cos(theta);
                    double sin = Math.sin(theta);
                    for (int k = 0; k < n; k++) {
                        double kp = a[k][p];
                        double kq = a[k][q];
                        a[k][p] = cos * kp - sin * kq;
                        a[k][q] = sin * kp + cos * kq;
                    }
                    for (int k = 0; k < n; k++) {
                        double pk = a[p][k];
                        double qk = a[q][k];
                        a[p][k] = cos * pk - sin * qk;
                        a[q][k] = sin * pk + cos * qk;
                    }
                }
            }
        }
        double[] values = new double[n];
        for (int i = 0; i < n; i++) {
            values[i] = -a[i][i];
        }
        java.util.Arrays.sort(values);
        for (int i = 0; i < n; i++) {
            values[i] = -values[i];
        }
        return values;
    }

    private static double errorAtTheStart() {
        DeepAutoencoder network = new DeepAutoencoder(CONFIG);
        network.startFrom(PrincipalComponents.of(DATA, CONFIG, 5), 5);
        NDManager manager = NDManager.newBaseManager(Device.cpu());
        network.initialize(manager);
        try (SampleCodec codec = network.codec(manager)) {
            return error(codec);
        }
    }

    @Test
    void theStartIsTheBestLinearAutoencoder() {
        double least = leastLinearError(4);
        assertThat(least).isGreaterThan(1e-4);
        assertThat(errorAtTheStart()).isCloseTo(least, within(0.001 * least));
    }

    @Test
    void trainingIsBetterThanTheStart() throws IOException {
        CodecFolder codec = trained("a", settings(150, false));
        try (SampleCodec loaded = codec.load(Device.cpu())) {
            assertThat(psnr(error(loaded))).isGreaterThan(psnr(errorAtTheStart()) + 1);
        }
    }

    @Test
    void channelsOfLatentsAreNormalisedAndPreviewsShowTheirColours() throws IOException {
        CodecFolder codec = trained("a", settings(4, false));
        var preview = codec.preview().orElseThrow();
        double[] sums = new double[4];
        double[] squares = new double[4];
        double wrong = 0;
        double all = 0;
        try (SampleCodec loaded = codec.load(Device.cpu())) {
            for (int i = 0; i < DATA.size(); i++) {
                float[] picture = picture(i);
                float[] latent;
                try (NDManager scope = NDManager.newBaseManager(Device.cpu())) {
                    latent =
                            loaded.encode(scope.create(picture, new Shape(1, 3, 16, 16)))
                                    .toFloatArray(); // (4, 4, 4)
                }
                for (int k = 0; k < latent.length; k++) {
                    sums[k / 16] += latent[k];
                    squares[k / 16] += latent[k] * latent[k];
                }
                float[] colours = preview.project(latent, 16);
                for (int k = 0; k < colours.length; k++) {
                    double mean = 0;
                    for (int y = 0; y < 4; y++) {
                        for (int x = 0; x < 4; x++) {
                            int row = k % 16 / 4 * 4 + y;
                            mean += picture[(k / 16 * 16 + row) * 16 + k % 4 * 4 + x] / 16;
                        }
                    }
                    wrong += Math.pow(colours[k] - mean, 2);
                    all += mean * mean;
                }
            }
        }
        int n = DATA.size() * 16;
        for (int c = 0; c < 4; c++) {
            assertThat(sums[c] / n).isCloseTo(0, within(0.02));
            assertThat(squares[c] / n).isCloseTo(1, within(0.02));
        }
        assertThat(wrong).as("of what the colours are").isLessThan(0.4 * all);
    }

    @Test
    void aRunThatWasInterruptedEndsWithTheSameBytes() throws IOException {
        CodecFolder straight = trained("straight", settings(10, false));
        Path broken = place.resolve("broken");
        try (AutoencoderTraining training = training(broken, settings(10, false), false)) {
            training.addListener(
                    new TrainingListener() {
                        @Override
                        public void afterStep(StepReport report) throws IOException {
                            if (report.step() == 6) { // the newest state is that of step 4
                                throw new IOException("interrupted on purpose");
                            }
                        }
                    });
            assertThatThrownBy(training::run).hasMessage("interrupted on purpose");
        }
        try (AutoencoderTraining training = training(broken, settings(10, false), true)) {
            assertThat(training.step()).isEqualTo(4);
            training.run();
        }
        for (String file :
                List.of(CodecFolder.WEIGHTS, CodecFolder.PREVIEW, AutoencoderTraining.STATE)) {
            assertThat(broken.resolve(file))
                    .as(file)
                    .hasSameBinaryContentAs(straight.path().resolve(file));
        }
        assertThat(CodecFolder.open(broken).reference().hash())
                .isEqualTo(straight.reference().hash());
    }

    @Test
    void recomputingLayersChangesNothing() throws IOException {
        CodecFolder whole = trained("whole", settings(4, false));
        CodecFolder recomputed = trained("recomputed", settings(4, true));
        assertThat(recomputed.weightsHash()).isEqualTo(whole.weightsHash());
    }

    @Test
    void whatDoesNotGoTogetherIsRefused() throws IOException {
        Path folder = place.resolve("a");
        assertThatThrownBy(() -> training(folder, settings(4, false), true))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("no state to resume from");
        trained("a", settings(4, false));
        assertThatThrownBy(() -> training(folder, settings(8, false), true))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining("other settings");
        assertThatThrownBy(
                        () ->
                                new AutoencoderTraining(
                                        folder,
                                        CONFIG,
                                        settings(4, false),
                                        new ColouredWaves(8, 16),
                                        PROVENANCE,
                                        true,
                                        Device.cpu()))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining("other data");
        assertThatThrownBy(
                        () ->
                                new AutoencoderTraining(
                                        folder,
                                        CONFIG,
                                        settings(4, false),
                                        new ColouredWaves(8, 8),
                                        PROVENANCE,
                                        false,
                                        Device.cpu()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("crops have a side");
    }

    @Test
    void clipsAreRefused() {
        ImageDataset clips =
                new DatasetView(DATA) {
                    @Override
                    public int frames() {
                        return 4;
                    }
                };
        assertThatThrownBy(
                        () ->
                                new AutoencoderTraining(
                                        place.resolve("a"),
                                        CONFIG,
                                        settings(4, false),
                                        clips,
                                        PROVENANCE,
                                        false,
                                        Device.cpu()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("waves holds clips");
    }
}
