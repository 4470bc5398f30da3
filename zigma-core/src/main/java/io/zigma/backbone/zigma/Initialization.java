package io.zigma.backbone.zigma;

import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Parameter;
import io.zigma.nn.InitialValues;
import io.zigma.nn.PositionTable;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.regex.Pattern;

/**
 * The published initialisation, all of it in one place (official {@code initialize_weights}, {@code
 * _init_weights} and {@code Mamba.__init__}).
 */
final class Initialization {

    /** Δ starts log-uniform in this range (Gu and Dao 2023, section 3.6). */
    private static final double SMALLEST_STEP = 1e-3;

    private static final double LARGEST_STEP = 0.1;

    private static final double EMBEDDING_DEVIATION = 0.02;

    /** Mixers of several paths number their directions: {@code conv1d_b_list.2.weight}. */
    private static final Pattern LIST = Pattern.compile("_list\\.\\d+");

    private final ZigMaConfig config;
    private final long seed;

    private Initialization(ZigMaConfig config, long seed) {
        this.config = config;
        this.seed = seed;
    }

    static Initialization published(ZigMaConfig config, long seed) {
        return new Initialization(config, seed);
    }

    /** Gives every parameter its initialiser; nothing is allocated yet. */
    void applyTo(Map<String, Parameter> parameters) {
        InitialValues.set(parameters, seed, this::values);
    }

    private float[] values(String name, Shape shape, SplittableRandom random) {
        int fanIn = InitialValues.fanIn(shape);
        String single = LIST.matcher(name).replaceAll("");
        String last = single.substring(single.lastIndexOf('.', single.lastIndexOf('.') - 1) + 1);
        if (name.contains("adaLN_modulation")) {
            return InitialValues.constant(shape, 0); // every layer starts as the identity
        }
        if (name.startsWith("t_embedder.") && name.endsWith(".weight")) {
            return InitialValues.normal(shape, EMBEDDING_DEVIATION, random);
        }
        return switch (last) {
            case "pos_embed" ->
                    config.positions() == Positions.SINE_COSINE
                            ? PositionTable.sineCosine(config.grid(), config.hiddenSize())
                            : InitialValues.constant(shape, 0);
            case "temporal_pos_embedding" -> InitialValues.constant(shape, 0);
            case "embedding_table.weight" ->
                    InitialValues.normal(shape, EMBEDDING_DEVIATION, random);
            // Xavier, as for the linear layer that the patch convolution is.
            case "proj.weight" -> InitialValues.xavier(shape, random);
            case "mixer.A_log", "mixer.A_b_log" -> decayLog(shape);
            case "mixer.D", "mixer.D_b", "norm.weight", "norm_f.weight" ->
                    InitialValues.constant(shape, 1);
            case "conv1d.weight", "conv1d.bias", "conv1d_b.weight", "conv1d_b.bias" ->
                    InitialValues.uniform(
                            shape, 1 / Math.sqrt(config.mixer().convolutionWidth()), random);
            case "dt_proj.weight" -> InitialValues.uniform(shape, 1 / Math.sqrt(fanIn), random);
            // dt_proj_b.bias is zero like any other: only the first direction's has its own rule
            case "dt_proj.bias" -> InitialValues.filled(shape, () -> inverseSoftplus(step(random)));
            case "out_proj.weight" ->
                    InitialValues.uniform(
                            shape, 1 / Math.sqrt((double) fanIn * config.depth()), random);
            default ->
                    name.endsWith(".bias")
                            ? InitialValues.constant(shape, 0)
                            : InitialValues.uniform(
                                    shape, 1 / Math.sqrt(fanIn), random); // PyTorch's default
        };
    }

    /** log of 1 … N in every channel: the S4D-real decay rates. */
    private static float[] decayLog(Shape shape) {
        int states = (int) shape.get(1);
        float[] values = new float[(int) shape.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) Math.log(i % states + 1);
        }
        return values;
    }

    private static double step(SplittableRandom random) {
        double low = Math.log(SMALLEST_STEP);
        double high = Math.log(LARGEST_STEP);
        return Math.max(Math.exp(low + random.nextDouble() * (high - low)), 1e-4);
    }

    private static double inverseSoftplus(double y) {
        return y + Math.log(-Math.expm1(-y));
    }
}
