package io.zigma.backbone.zigma;

import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Parameter;
import io.zigma.nn.InitialValues;
import io.zigma.nn.PositionTable;
import io.zigma.nn.StateValues;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The published initialisation, all of it in one place (official {@code initialize_weights}, {@code
 * _init_weights} and {@code Mamba.__init__}).
 */
final class Initialization {

    private static final double EMBEDDING_DEVIATION = 0.02;

    /** Mixers of several paths number their directions: {@code conv1d_b_list.2.weight}. */
    private static final Pattern LIST = Pattern.compile("_list\\.\\d+");

    /** A mixer may have rules of its own. */
    private static final Pattern MIXER = Pattern.compile("blocks\\.\\d+\\.mixer\\.(.+)");

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
        Matcher mixer = MIXER.matcher(name);
        return mixer.matches()
                ? config.mixer()
                        .initial(mixer.group(1), shape, random)
                        .orElseGet(() -> published(name, shape, random))
                : published(name, shape, random);
    }

    private int convolutionWidth() {
        return config.mixer().mamba().orElseThrow().convolutionWidth();
    }

    private float[] published(String name, Shape shape, SplittableRandom random) {
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
            case "mixer.A_log", "mixer.A_b_log" -> StateValues.decayLog(shape);
            case "mixer.D", "mixer.D_b", "norm.weight", "norm_f.weight" ->
                    InitialValues.constant(shape, 1);
            case "conv1d.weight", "conv1d.bias", "conv1d_b.weight", "conv1d_b.bias" ->
                    InitialValues.uniform(shape, 1 / Math.sqrt(convolutionWidth()), random);
            case "dt_proj.weight" -> InitialValues.uniform(shape, 1 / Math.sqrt(fanIn), random);
            // dt_proj_b.bias is zero like any other: only the first direction's has its own rule
            case "dt_proj.bias" -> StateValues.stepBias(shape, random);
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
}
