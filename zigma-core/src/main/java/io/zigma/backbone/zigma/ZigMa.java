package io.zigma.backbone.zigma;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Parameter;
import ai.djl.training.ParameterStore;
import ai.djl.util.PairList;
import io.zigma.condition.Conditioning;
import io.zigma.nn.Dense;
import io.zigma.nn.LabelEmbedding;
import io.zigma.nn.NamedBlock;
import io.zigma.nn.Norm;
import io.zigma.nn.OperationCount;
import io.zigma.nn.PatchEmbedding;
import io.zigma.nn.Patches;
import io.zigma.nn.TimestepEmbedding;
import io.zigma.op.GatedSum;
import io.zigma.op.GradientTape;
import io.zigma.op.Precision;
import io.zigma.op.Scratch;
import io.zigma.scan.LayerScan;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The Zigzag Mamba diffusion backbone (Hu et al., ZigMa, ECCV 2024; official {@code
 * model_zigma.py}).
 *
 * <p>Patches become tokens, tokens pass a stack of Mamba layers conditioned by adaLN, and a linear
 * head turns them back into patches. Layers take turns with the walks of the scan scheme; that is
 * all that tells one layer from another, and walking one path a layer costs no parameters.
 *
 * <p>As a DJL block it takes x, t (B) and, when class-conditional, labels (B) as int64 or, when
 * text-conditional, tokens (B, n, size of a token); it returns the prediction in the shape of x:
 * (B, C, H, W) for images, (B, F, C, H, W) for videos.
 */
public final class ZigMa extends NamedBlock implements Denoiser {

    /** The length that CLIP's text encoder pads to. */
    private static final int USUAL_TEXT_TOKENS = 77;

    private final ZigMaConfig config;
    private final Patches patches;

    private final @Nullable Parameter positions; // (1, L, D)
    private final @Nullable Parameter temporalPositions; // (1, F, D)
    private final PatchEmbedding patchEmbedding;
    private final TimestepEmbedding timestepEmbedding;
    private final @Nullable LabelEmbedding labelEmbedding;
    private final @Nullable Dense textEmbedding;
    private final List<ZigMaBlock> blocks = new ArrayList<>();
    private final Norm lastNorm;
    private final FinalLayer head;

    private DropPath dropPath = DropPath.seeded(0);

    /**
     * Creates a model whose weights, once initialised, are the published initialisation drawn from
     * seed 0.
     *
     * @param config the model's shape
     */
    public ZigMa(ZigMaConfig config) {
        this(config, 0);
    }

    /**
     * Creates a model whose weights, once initialised, are the published initialisation.
     *
     * @param config the model's shape
     * @param seed decides the weights
     */
    public ZigMa(ZigMaConfig config, long seed) {
        this.config = config;
        patches = config.patches();
        int size = config.hiddenSize();
        positions =
                config.positions() == Positions.NONE
                        ? null
                        : parameter("pos_embed", Parameter.Type.WEIGHT, 1, patches.count(), size);
        if (config.positions() == Positions.SINE_COSINE) {
            getDirectParameters().get("pos_embed").freeze(true);
        }
        temporalPositions =
                config.temporalPositions()
                        ? parameter(
                                "temporal_pos_embedding",
                                Parameter.Type.WEIGHT,
                                1,
                                patches.frames(),
                                size)
                        : null;
        patchEmbedding = child("x_embedder", new PatchEmbedding(patches, size));
        timestepEmbedding = child("t_embedder", new TimestepEmbedding(size));
        labelEmbedding =
                config.conditioning() instanceof Conditioning.ByClass byClass
                        ? child("y_embedder", new LabelEmbedding(byClass.rows(), size))
                        : null;
        textEmbedding =
                config.conditioning() instanceof Conditioning.ByText byText
                        ? child("y_embedder", new Dense(byText.contextSize(), size, true))
                        : null;
        List<LayerScan> scans = config.scan().plan(config.grid(), config.depth());
        for (int layer = 0; layer < config.depth(); layer++) {
            blocks.add(child("blocks." + layer, new ZigMaBlock(config, scans.get(layer))));
        }
        lastNorm = child("norm_f", config.norm().create(size, config.normEpsilon()));
        head = child("final_layer", new FinalLayer(size, patches.values()));
        Initialization.published(config, seed).applyTo(namedParameters());
    }

    /**
     * Returns the model's shape.
     *
     * @return the configuration it was made with
     */
    public ZigMaConfig config() {
        return config;
    }

    @Override
    public void setDropPath(DropPath source) {
        dropPath = source;
    }

    /** The layers alone round: what is embedded once, and the head, cost next to nothing. */
    @Override
    public void setPrecision(Precision precision) {
        blocks.forEach(block -> block.setPrecision(precision));
    }

    /**
     * Allocates and initialises all parameters.
     *
     * @param manager owns the parameters
     */
    public void initialize(NDManager manager) {
        Shape images = new Shape(1).addAll(config.canvas().shape());
        initialize(
                manager,
                DataType.FLOAT32,
                Stream.concat(Stream.of(images, new Shape(1)), conditionShape().stream())
                        .toArray(Shape[]::new));
    }

    /** Returns the shape of what one image is told, a text being of one token, if it is told. */
    private Optional<Shape> conditionShape() {
        if (config.conditioning() instanceof Conditioning.ByText byText) {
            return Optional.of(new Shape(1, 1, byText.contextSize()));
        }
        return Optional.ofNullable(labelEmbedding).map(labels -> new Shape(1));
    }

    @Override
    public NDArray predict(
            ParameterStore store,
            NDArray x,
            NDArray t,
            @Nullable NDArray condition,
            boolean training) {
        return predict(store, x, t, condition, training, dropPath);
    }

    /**
     * Predicts while training, with a source of stochastic depth of its own; several threads may do
     * so at once.
     *
     * @param store where the parameters' values come from
     * @param x noisy images (B, C, H, W) or videos (B, F, C, H, W)
     * @param t one time per image (B), 0 at noise and 1 at data
     * @param condition as {@link Denoiser#predict} takes it
     * @param source asked once for every layer that may be left out
     * @return the prediction, in the shape of x
     */
    public NDArray predict(
            ParameterStore store,
            NDArray x,
            NDArray t,
            @Nullable NDArray condition,
            DropPath source) {
        return predict(store, x, t, condition, true, source);
    }

    private NDArray predict(
            ParameterStore store,
            NDArray x,
            NDArray t,
            @Nullable NDArray condition,
            boolean training,
            DropPath source) {
        return Scratch.freed(
                () -> {
                    Condition told = condition(store, t, condition, training);
                    NDArray residual = embed(store, x, training); // (B, L, D)
                    for (int layer = 0; layer < blocks.size(); layer++) {
                        residual = layer(layer, store, residual, told, training, source);
                    }
                    NDArray tokens = lastNorm.apply(store, residual, training); // (B, L, D)
                    NDArray output = head.apply(store, tokens, training); // (B, L, p·p·C)
                    return patches.join(output).reshape(x.getShape()); // (B, C, H, W)
                });
    }

    /** Embeds images as tokens that know their place (B, L, D). */
    NDArray embed(ParameterStore store, NDArray x, boolean training) {
        NDArray tokens = patchEmbedding.apply(store, x, training);
        if (positions != null) {
            tokens = tokens.add(value(store, positions, x, training));
        }
        if (temporalPositions != null) {
            Shape flat = tokens.getShape();
            int frames = patches.frames();
            NDArray times =
                    value(store, temporalPositions, x, training)
                            .reshape(1, frames, 1, config.hiddenSize());
            tokens =
                    tokens.reshape(flat.get(0), frames, flat.get(1) / frames, flat.get(2))
                            .add(times) // (B, F, H·W, D)
                            .reshape(flat);
        }
        return tokens;
    }

    /** Embeds what the layers are told. */
    Condition condition(
            ParameterStore store, NDArray t, @Nullable NDArray condition, boolean training) {
        NDArray time = timestepEmbedding.apply(store, t, training); // (B, D)
        if (labelEmbedding != null) {
            NDArray label = labelEmbedding.apply(store, labels(condition), training); // (B, D)
            return new Condition(GradientTape.boundary(time.add(label)), null);
        }
        if (textEmbedding != null) {
            NDArray text =
                    GradientTape.boundary(
                            textEmbedding.apply(
                                    store, tokens(condition, t), training)); // (B, n, D)
            NDArray mean = text.mean(new int[] {1}); // (B, D)
            return new Condition(GradientTape.boundary(time.add(mean)), text);
        }
        return new Condition(GradientTape.boundary(time), null);
    }

    private static NDArray labels(@Nullable NDArray condition) {
        if (condition == null) {
            throw new IllegalArgumentException(
                    "this model is class-conditional: give one label an image");
        }
        return condition;
    }

    private NDArray tokens(@Nullable NDArray condition, NDArray t) {
        long size = ((Conditioning.ByText) config.conditioning()).contextSize();
        Shape shape = condition == null ? new Shape() : condition.getShape();
        if (condition == null
                || shape.dimension() != 3
                || shape.get(0) != t.size()
                || shape.get(1) < 1
                || shape.get(2) != size) {
            throw new IllegalArgumentException(
                    "this model is conditioned on text: give tokens (%d, n, %d), not %s"
                            .formatted(t.size(), size, condition == null ? "none" : shape));
        }
        return condition;
    }

    /**
     * Counts the work of one forward pass, from what the model is made of.
     *
     * @return multiply-adds for one image or video, and for a text of as many tokens as the
     *     configuration names, 77 where it leaves that open
     */
    public OperationCount operations() {
        long tokens = config.grid().tokens();
        long textTokens = textTokens();
        OperationCount sum =
                patchEmbedding
                        .operations(tokens)
                        .plus(timestepEmbedding.operations(1))
                        .plus(head.operations(tokens));
        if (labelEmbedding != null) {
            sum = sum.plus(labelEmbedding.operations(1));
        }
        if (textEmbedding != null) {
            sum = sum.plus(textEmbedding.operations(textTokens));
        }
        for (ZigMaBlock block : blocks) {
            sum = sum.plus(block.operations(tokens, textTokens));
        }
        return sum;
    }

    private long textTokens() {
        if (config.conditioning() instanceof Conditioning.ByText byText) {
            return byText.tokens() > 0 ? byText.tokens() : USUAL_TEXT_TOKENS;
        }
        return 0;
    }

    /** Returns the layers in order. */
    List<ZigMaBlock> blocks() {
        return List.copyOf(blocks);
    }

    /** Adds what a layer contributes to the stream (B, L, D). */
    private NDArray layer(
            int number,
            ParameterStore store,
            NDArray residual,
            Condition condition,
            boolean training,
            DropPath source) {
        NDArray factors = dropFactors(residual, number + 1, training, source);
        return GradientTape.block(
                Arrays.asList(residual, condition.vector(), condition.text(), factors),
                inputs -> {
                    NDArray stream = inputs.get(0);
                    Condition told = new Condition(inputs.get(1), inputs.get(2));
                    NDArray kept = inputs.get(3);
                    NDArray hidden = blocks.get(number).apply(store, stream, told, training);
                    return GatedSum.of(stream, kept == null ? hidden : hidden.mul(kept));
                });
    }

    /**
     * Stochastic depth's factors (B, 1, 1) for what layer − 1 hands to the stream, null for ones;
     * {@code layer} = depth is the sum before the last norm.
     */
    private @Nullable NDArray dropFactors(
            NDArray residual, int layer, boolean training, DropPath source) {
        double probability = dropProbability(layer);
        if (!training || probability == 0) {
            return null;
        }
        int batch = (int) residual.getShape().get(0);
        float[] factors = source.factors(batch, probability);
        // duplicated into the engine's memory, which the graph of gradients can hold on to
        return residual.getManager().create(factors, new Shape(batch, 1, 1)).duplicate();
    }

    /**
     * 0 for layer 1, then rising in equal steps; the last sum has the full rate (official {@code
     * inter_dpr}).
     */
    private double dropProbability(int layer) {
        if (layer == config.depth() || config.depth() == 1) {
            return config.dropPath();
        }
        return config.dropPath() * (layer - 1) / (config.depth() - 1);
    }

    @Override
    protected NDList forwardInternal(
            ParameterStore store,
            NDList inputs,
            boolean training,
            PairList<String, Object> ignored) {
        NDArray condition = inputs.size() > 2 ? inputs.get(2) : null;
        return new NDList(predict(store, inputs.get(0), inputs.get(1), condition, training));
    }

    @Override
    public Shape[] getOutputShapes(Shape[] inputShapes) {
        return new Shape[] {inputShapes[0]};
    }
}
