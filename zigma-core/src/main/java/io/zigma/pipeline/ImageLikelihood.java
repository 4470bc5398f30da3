package io.zigma.pipeline;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.ParameterStore;
import io.zigma.backbone.Backbone;
import io.zigma.checkpoint.CheckpointConfig;
import io.zigma.checkpoint.CheckpointFolder;
import io.zigma.condition.Condition;
import io.zigma.condition.ConditionEncoder;
import io.zigma.condition.Prompt;
import io.zigma.engine.EngineStart;
import io.zigma.nn.Pass;
import io.zigma.op.GradientTape;
import io.zigma.sampler.DifferentiableModel;
import io.zigma.sampler.Likelihood;
import io.zigma.sampler.LogDensity;
import io.zigma.sampler.SeededNoise;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;

/**
 * How probable a model finds given 8-bit images, in bits per dimension: the mean number of bits
 * that a coder which knows the model would need for one value of one pixel.
 *
 * <p>A density is not defined for images of 256 levels, so each level k is dequantised uniformly
 * evenly over the width of a level (uniform dequantisation, Theis et al. 2016, section 3.1). The
 * model sees x = (k + u − ½) / 127.5 − 1 with u in (0, 1], a level being 1 / 127.5 wide, so
 *
 * <pre>
 * bits per dimension = −log₂ p(x) / n + log₂ 127.5
 * </pre>
 *
 * <p>which on average is an upper bound of the code length. Dequantisation and probe of image i
 * come from seed i alone, so that the result does not depend on the batch, except that an adaptive
 * solver chooses its steps for all of it.
 *
 * <p>For a class-conditional model this is the probability of the image given its class.
 */
public final class ImageLikelihood implements AutoCloseable {

    /** A label for images of no class, or any. */
    public static final int ANY = GenerationRequest.ANY;

    private static final double LEVELS_PER_UNIT = 127.5;

    private final NDManager manager;
    private final Backbone model;
    private final Pass pass;
    private final ConditionEncoder encoder;
    private final CheckpointConfig config;

    private ImageLikelihood(NDManager manager, Backbone model, CheckpointConfig config) {
        this.manager = manager;
        this.model = model;
        this.pass = Pass.inference(new ParameterStore(manager, false));
        this.encoder = config.model().conditioning().encoder(config.labels(), "the model");
        this.config = config;
    }

    /**
     * What images got.
     *
     * @param bitsPerDimension of each image
     * @param evaluations how often the model was evaluated, and as often differentiated
     */
    public record Bits(double[] bitsPerDimension, int evaluations) {}

    /**
     * Loads a checkpoint.
     *
     * @param checkpoint an opened folder
     * @param device where to compute
     * @return the likelihood of its model, to be closed
     * @throws IOException if the weights are missing or damaged
     */
    public static ImageLikelihood load(CheckpointFolder checkpoint, Device device)
            throws IOException {
        NDManager manager = EngineStart.newManager(device);
        try {
            Backbone model = checkpoint.loadModel(manager);
            model.freezeParameters(true); // x is all that gradients are needed of
            return new ImageLikelihood(manager, model, checkpoint.config());
        } catch (IOException | RuntimeException e) {
            manager.close();
            throw e;
        }
    }

    /**
     * Returns what the model is.
     *
     * @return the checkpoint's description
     */
    public CheckpointConfig config() {
        return config;
    }

    /**
     * Computes how probable images are.
     *
     * @param levels B images of C × H × W values each, or videos, unsigned bytes
     * @param labels the class of each image, or {@link #ANY}
     * @param seeds a seed for each image
     * @param likelihood how the equation is solved
     * @param progress called after every step; it cancels by throwing
     * @return bits per dimension of each image
     * @throws IllegalArgumentException if the arrays do not fit together or the model has not such
     *     a class
     */
    public Bits of(
            byte[] levels,
            int[] labels,
            long[] seeds,
            Likelihood likelihood,
            Likelihood.Progress progress) {
        Shape image = config.model().sample().shape();
        int values = Math.toIntExact(image.size());
        if (labels.length != seeds.length || levels.length != (long) labels.length * values) {
            throw new IllegalArgumentException(
                    "%s labels, %s seeds and %s values do not make images of %s"
                            .formatted(labels.length, seeds.length, levels.length, image));
        }
        try (NDManager scope = manager.newSubManager()) {
            NDArray data =
                    scope.create(
                            spread(levels, values, seeds),
                            new Shape(seeds.length).addAll(image)); // (B, C, H, W)
            LogDensity density =
                    likelihood.of(
                            differentiable(condition(labels, scope)),
                            config.process(),
                            data,
                            SeededNoise.signs(scope, image, seeds),
                            progress);
            double[] bits =
                    Arrays.stream(density.nats())
                            .map(nats -> bitsPerDimension(nats, values))
                            .toArray();
            return new Bits(bits, density.evaluations());
        }
    }

    /** −log₂ p / n, and the bits that a level is narrower than a unit of x. */
    static double bitsPerDimension(double nats, int values) {
        return (-nats / values + Math.log(LEVELS_PER_UNIT)) / Math.log(2);
    }

    /** Spreads each level over its width, around where training has it. */
    private static float[] spread(byte[] levels, int values, long[] seeds) {
        float[] x = new float[levels.length];
        for (int i = 0; i < seeds.length; i++) {
            double[] within = SeededNoise.uniform(seeds[i], values);
            for (int j = 0; j < values; j++) {
                double level = Byte.toUnsignedInt(levels[i * values + j]) + within[j] - 0.5;
                x[i * values + j] = (float) (level / LEVELS_PER_UNIT - 1);
            }
        }
        return x;
    }

    /** Encodes classes; a model without classes takes no notice of them. */
    private Condition condition(int[] labels, NDManager scope) {
        boolean classes = config.model().conditioning().classes() > 0;
        List<Prompt> prompts =
                Arrays.stream(labels)
                        .mapToObj(label -> classes ? Prompt.ofLabel(label) : Prompt.any())
                        .toList();
        encoder.require(prompts, false);
        return encoder.encode(scope, prompts);
    }

    /** The model through the fused kernels' own gradients; the tape lives for one evaluation. */
    private DifferentiableModel differentiable(Condition condition) {
        return (x, t, direction) -> {
            try (GradientTape tape = GradientTape.open()) {
                x.setRequiresGradient(true);
                try (NDArray output = model.forward(pass, x, t, condition);
                        NDArray product = output.mul(direction);
                        NDArray sum = product.sum()) {
                    tape.backward(sum);
                    return new DifferentiableModel.Pullback(output.stopGradient(), x.getGradient());
                }
            }
        };
    }

    /** Frees the model. */
    @Override
    public void close() {
        encoder.close();
        manager.close();
    }
}
