package io.zigma.backbone.dit;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Parameter;
import io.zigma.backbone.BackboneBlock;
import io.zigma.condition.Condition;
import io.zigma.nn.Dense;
import io.zigma.nn.LabelEmbedding;
import io.zigma.nn.OperationCount;
import io.zigma.nn.Pass;
import io.zigma.nn.PatchEmbedding;
import io.zigma.nn.Patches;
import io.zigma.nn.TimestepEmbedding;
import io.zigma.op.GradientTape;
import io.zigma.op.Precision;
import io.zigma.op.Scratch;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The Diffusion Transformer (Peebles and Xie, Scalable Diffusion Models with Transformers, ICCV
 * 2023; official {@code models.py}). SiT (Ma et al. 2024) is the same network, trained for an
 * interpolant.
 *
 * <p>Patches become tokens, tokens pass a stack of transformer blocks that are conditioned on time
 * and class, and a linear head turns them back into patches. With a text, blocks with
 * cross-attention attend to time and the text's tokens.
 *
 * <p>As a DJL block it takes x (B, C, H, W), t (B) and, when class-conditional, labels (B) as int64
 * or, when text-conditional, tokens (B, n, d); it returns the output (B, outputChannels, H, W).
 */
public final class DiT extends BackboneBlock {

    private final DiTConfig config;
    private final Patches outputPatches;

    private final PatchEmbedding patchEmbedding;
    private final Parameter positions; // (1, L, D), fixed
    private final TimestepEmbedding timestepEmbedding;
    private final @Nullable LabelEmbedding labelEmbedding;
    private final @Nullable Dense textEmbedding;
    private final List<DiTBlock> blocks = new ArrayList<>();
    private final FinalLayer head;

    /**
     * Creates a model whose weights, once initialised, are the published initialisation.
     *
     * @param config the model's shape
     * @param seed determines the weights
     */
    public DiT(DiTConfig config, long seed) {
        this.config = config;
        outputPatches = config.outputPatches();
        int size = config.hiddenSize();
        int rows = config.conditioning().labelRows();
        positions =
                parameter("pos_embed", Parameter.Type.WEIGHT, 1, config.patches().count(), size);
        positions.freeze(true);
        patchEmbedding = child("x_embedder", new PatchEmbedding(config.patches(), size));
        timestepEmbedding =
                child("t_embedder", new TimestepEmbedding(size, config.signature().timeScale()));
        labelEmbedding = rows > 0 ? child("y_embedder", new LabelEmbedding(rows, size)) : null;
        int context = config.conditioning().contextSize();
        textEmbedding = context > 0 ? child("y_embedder", new Dense(context, size, true)) : null;
        for (int layer = 0; layer < config.depth(); layer++) {
            blocks.add(child("blocks." + layer, config.block().create(config)));
        }
        head = child("final_layer", new FinalLayer(config));
        new Initialization(config).applyTo(namedParameters(), seed);
    }

    @Override
    public NDArray forward(Pass pass, NDArray x, NDArray t, Condition condition) {
        return Scratch.freed(
                () -> {
                    NDArray c = embed(pass, t, condition); // (B, D), or (B, k, D) as tokens
                    NDArray mask =
                            textEmbedding == null ? null : withTime(condition.mask()); // (B, k)
                    NDArray tokens = embed(pass, x); // (B, L, D)
                    if (config.block() == BlockKind.IN_CONTEXT) {
                        tokens = tokens.concat(c, 1); // (B, L + k, D)
                    }
                    for (DiTBlock block : blocks) {
                        tokens = layer(block, pass, tokens, c, mask);
                    }
                    if (config.block() == BlockKind.IN_CONTEXT) {
                        tokens = tokens.split(new long[] {outputPatches.count()}, 1).get(0);
                    }
                    NDArray cut = GradientTape.accumulateAt(tokens); // (B, L, D)
                    NDArray output = head.apply(pass, cut, c); // (B, L, p·p·C)
                    return read(outputPatches.join(output)); // (B, C, H, W)
                });
    }

    /** Leaves out the channels of a variance that is not used. */
    private NDArray read(NDArray output) {
        return config.unusedVariance()
                ? output.split(new long[] {config.outputChannels()}, 1).get(0)
                : output;
    }

    private static NDArray layer(
            DiTBlock block, Pass pass, NDArray tokens, NDArray c, @Nullable NDArray mask) {
        return GradientTape.block(
                Arrays.asList(tokens, c, mask),
                inputs ->
                        block.apply(
                                pass,
                                Objects.requireNonNull(inputs.get(0)),
                                Objects.requireNonNull(inputs.get(1)),
                                inputs.get(2)));
    }

    /** Embeds images as tokens with positions added (B, L, D). */
    NDArray embed(Pass pass, NDArray x) {
        return patchEmbedding.apply(pass, x).add(value(pass, positions, x));
    }

    /**
     * Embeds time and class: their sum (B, D) for adaptive blocks, else one token each; or time and
     * the tokens of a text (B, 1 + n, D).
     */
    NDArray embed(Pass pass, NDArray t, Condition condition) {
        NDArray time = timestepEmbedding.apply(pass, t); // (B, D)
        boolean adaptive = config.block().adaptive();
        if (textEmbedding != null) {
            int size = config.conditioning().contextSize();
            NDArray context = condition.requiredContext(t.size(), size); // (B, n, d)
            NDArray text = textEmbedding.apply(pass, context); // (B, n, D)
            return GradientTape.accumulateAt(time.expandDims(1).concat(text, 1));
        }
        if (labelEmbedding == null) {
            return GradientTape.accumulateAt(adaptive ? time : time.expandDims(1));
        }
        NDArray label = labelEmbedding.apply(pass, condition.requiredLabels()); // (B, D)
        return GradientTape.accumulateAt(adaptive ? time.add(label) : time.stack(label, 1));
    }

    /** Returns the mask of time and a text (B, 1 + n), or null where all of it counts. */
    private static @Nullable NDArray withTime(@Nullable NDArray mask) {
        return mask == null
                ? null
                : mask.getManager()
                        .ones(new Shape(mask.getShape().get(0), 1), mask.getDataType())
                        .toDevice(mask.getDevice(), false)
                        .concat(mask, 1);
    }

    @Override
    public DiTConfig spec() {
        return config;
    }

    /** The layers alone round: what is embedded once, and the head, cost next to nothing. */
    @Override
    public void setPrecision(Precision precision) {
        blocks.forEach(block -> block.setPrecision(precision));
    }

    @Override
    public OperationCount operations() {
        long tokens = outputPatches.count();
        long textTokens = config.conditioning().countedTokens();
        long conditions = 1 + textTokens + (labelEmbedding == null ? 0 : 1);
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
        for (DiTBlock block : blocks) {
            sum = sum.plus(block.operations(tokens, conditions));
        }
        return sum;
    }

    /** Returns the layers in order. */
    List<DiTBlock> blocks() {
        return List.copyOf(blocks);
    }
}
