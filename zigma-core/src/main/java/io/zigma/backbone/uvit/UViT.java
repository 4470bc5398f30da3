package io.zigma.backbone.uvit;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Parameter;
import io.zigma.backbone.BackboneBlock;
import io.zigma.condition.Condition;
import io.zigma.nn.Convolution;
import io.zigma.nn.Dense;
import io.zigma.nn.LabelEmbedding;
import io.zigma.nn.LayerNorm;
import io.zigma.nn.OperationCount;
import io.zigma.nn.Pass;
import io.zigma.nn.PatchEmbedding;
import io.zigma.nn.Patches;
import io.zigma.nn.TimeMlp;
import io.zigma.nn.TimestepEmbedding;
import io.zigma.op.EachSequence;
import io.zigma.op.GradientTape;
import io.zigma.op.Precision;
import io.zigma.op.Scratch;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * U-ViT (Bao et al., All are Worth Words: A ViT Backbone for Diffusion Models, CVPR 2023; official
 * {@code libs/uvit.py} and {@code libs/uvit_t2i.py}).
 *
 * <p>Everything is a token: the time, the class or each token of a text, and each patch. The tokens
 * pass a stack of transformer blocks, half of them before the middle one and half behind it; as in
 * a U-Net, each block behind the middle also gets the result of its counterpart before it. A linear
 * head turns tokens back into patches, and a 3 × 3 convolution smooths their seams.
 *
 * <p>As a DJL block it takes x (B, C, H, W), t (B) and, when class-conditional, labels (B) as int64
 * or, when text-conditional, tokens (B, n, d); it returns the output (B, outputChannels, H, W).
 */
public final class UViT extends BackboneBlock {

    /** Side of the last convolution's kernel. */
    static final int KERNEL = 3;

    // where mlp_time_embed is set; no published model has it
    private static final int TIME_WIDENING = 4;

    private final UViTConfig config;
    private final Patches outputPatches;

    private final Parameter positions; // (1, k + L, D), learned
    private final PatchEmbedding patchEmbedding;
    private final @Nullable TimeMlp timeEmbedding;
    private final @Nullable LabelEmbedding labelEmbedding;
    private final @Nullable Dense textEmbedding;
    private final List<UViTBlock> inBlocks = new ArrayList<>();
    private final UViTBlock midBlock;
    private final List<UViTBlock> outBlocks = new ArrayList<>();
    private final LayerNorm norm;
    private final Dense head;
    private final @Nullable Convolution convolution;

    /**
     * Creates a model whose weights, once initialised, are the published initialisation.
     *
     * @param config the model's shape
     * @param seed determines the weights
     */
    public UViT(UViTConfig config, long seed) {
        this.config = config;
        outputPatches = config.outputPatches();
        int size = config.hiddenSize();
        int rows = config.conditioning().labelRows();
        int context = config.conditioning().contextSize();
        int all = config.conditionTokens() + config.tokens();
        positions = parameter("pos_embed", Parameter.Type.WEIGHT, 1, all, size);
        patchEmbedding = child("patch_embed", new PatchEmbedding(config.patches(), size));
        timeEmbedding =
                config.timeMlp()
                        ? child("time_embed", new TimeMlp(size, TIME_WIDENING * size, size))
                        : null;
        labelEmbedding = rows > 0 ? child("label_emb", LabelEmbedding.bare(rows, size)) : null;
        textEmbedding = context > 0 ? child("context_embed", new Dense(context, size, true)) : null;
        int half = config.depth() / 2;
        for (int layer = 0; layer < half; layer++) {
            inBlocks.add(child("in_blocks." + layer, new UViTBlock(config, false)));
        }
        midBlock = child("mid_block", new UViTBlock(config, false));
        for (int layer = 0; layer < half; layer++) {
            outBlocks.add(child("out_blocks." + layer, new UViTBlock(config, config.skip())));
        }
        norm = child("norm", new LayerNorm(size, UViTBlock.EPSILON));
        head = child("decoder_pred", new Dense(size, outputPatches.values(), true));
        int channels = config.outputChannels();
        convolution =
                config.convolution()
                        ? child("final_layer", new Convolution(channels, channels, KERNEL))
                        : null;
        new Initialization(config).applyTo(namedParameters(), seed);
    }

    @Override
    public NDArray forward(Pass pass, NDArray x, NDArray t, Condition condition) {
        return Scratch.freed(
                () -> {
                    NDArray tokens = embed(pass, x, t, condition); // (B, k + L, D)
                    NDArray mask =
                            textEmbedding == null
                                    ? null
                                    : allTokens(condition.mask()); // (B, k + L)
                    int k = (int) tokens.size(1) - config.tokens();
                    Deque<NDArray> skips = new ArrayDeque<>();
                    for (UViTBlock block : inBlocks) {
                        tokens = layer(block, pass, tokens, null, mask);
                        if (config.skip()) {
                            // One cut for both readers, or backward runs twice through the block;
                            // and one for the next layer, so that the sum of the two gradients has
                            // the same order whether layers are recomputed or not.
                            NDArray skip = GradientTape.accumulateAt(tokens);
                            skips.push(skip);
                            tokens = GradientTape.accumulateAt(skip);
                        }
                    }
                    tokens = layer(midBlock, pass, tokens, null, mask);
                    for (UViTBlock block : outBlocks) {
                        tokens =
                                layer(
                                        block,
                                        pass,
                                        tokens,
                                        skips.poll(),
                                        mask); // null without skips
                    }
                    NDArray cut = GradientTape.accumulateAt(tokens); // (B, k + L, D)
                    NDArray output = head.apply(pass, norm.apply(pass, cut)); // (B, k + L, p·p·C)
                    NDArray patches = output.split(new long[] {k}, 1).get(1); // (B, L, p·p·C)
                    NDArray image = outputPatches.join(patches); // (B, C, H, W)
                    return convolution == null ? image : convolution.apply(pass, image);
                });
    }

    private static NDArray layer(
            UViTBlock block,
            Pass pass,
            NDArray tokens,
            @Nullable NDArray skip,
            @Nullable NDArray mask) {
        return GradientTape.block(
                Arrays.asList(tokens, skip, mask),
                inputs ->
                        block.apply(
                                pass,
                                Objects.requireNonNull(inputs.get(0)),
                                inputs.get(1),
                                inputs.get(2)));
    }

    /**
     * Embeds all that the network is given, with positions added: label, time, patches, or time,
     * text, patches (B, k + L, D).
     */
    NDArray embed(Pass pass, NDArray x, NDArray t, Condition condition) {
        return Scratch.freed(
                () -> {
                    NDArray time = embedTime(pass, t).expandDims(1); // (B, 1, D)
                    NDArray patches = patchEmbedding.apply(pass, x); // (B, L, D)
                    if (textEmbedding != null) {
                        NDArray text =
                                condition.requiredContext(
                                        x.size(0), config.conditioning().contextSize());
                        NDArray words = textEmbedding.apply(pass, text); // (B, n, D)
                        return time.concat(words, 1)
                                .concat(patches, 1)
                                .add(positions(pass, x, words.size(1)));
                    }
                    NDArray tokens = time.concat(patches, 1);
                    if (labelEmbedding != null) {
                        NDArray label = labelEmbedding.apply(pass, condition.requiredLabels());
                        tokens = label.expandDims(1).concat(tokens, 1);
                    }
                    return tokens.add(value(pass, positions, x));
                });
    }

    private NDArray embedTime(Pass pass, NDArray t) {
        NDArray scaled = t.mul(config.signature().timeScale());
        NDArray waves = // (B, D)
                EachSequence.of(
                        scaled, part -> TimestepEmbedding.sinusoids(part, config.hiddenSize()));
        return timeEmbedding == null ? waves : timeEmbedding.apply(pass, waves);
    }

    /** The positions of the time, of the first n tokens of a text and of the patches. */
    private NDArray positions(Pass pass, NDArray like, long n) {
        NDArray all = value(pass, positions, like);
        long most = config.conditionTokens() - 1;
        if (n > most) {
            throw new IllegalArgumentException(
                    "this model has positions for texts of up to %s tokens, not %s"
                            .formatted(most, n));
        }
        if (n == most) {
            return all;
        }
        NDList parts = all.split(new long[] {1 + n, 1 + most}, 1);
        return parts.get(0).concat(parts.get(2), 1); // (1, 1 + n + L, D)
    }

    /** Returns the mask of time, text and patches (B, k + L), or null where all of it counts. */
    private @Nullable NDArray allTokens(@Nullable NDArray mask) {
        if (mask == null) {
            return null;
        }
        long batch = mask.size(0);
        NDArray ones =
                mask.getManager()
                        .ones(new Shape(batch, 1 + config.tokens()), mask.getDataType())
                        .toDevice(mask.getDevice(), false);
        NDList parts = ones.split(new long[] {1}, 1);
        return parts.get(0).concat(mask, 1).concat(parts.get(1), 1);
    }

    @Override
    public UViTConfig spec() {
        return config;
    }

    /** The layers alone round: what is embedded once, and the head, cost next to nothing. */
    @Override
    public void setPrecision(Precision precision) {
        blocks().forEach(block -> block.setPrecision(precision));
    }

    @Override
    public OperationCount operations() {
        long patches = outputPatches.count();
        long tokens = config.conditionTokens() + patches;
        OperationCount sum = patchEmbedding.operations(patches).plus(head.operations(tokens));
        if (timeEmbedding != null) {
            sum = sum.plus(timeEmbedding.operations(1));
        }
        if (labelEmbedding != null) {
            sum = sum.plus(labelEmbedding.operations(1));
        }
        if (textEmbedding != null) {
            sum = sum.plus(textEmbedding.operations(config.conditionTokens() - 1L));
        }
        for (UViTBlock block : blocks()) {
            sum = sum.plus(block.operations(tokens));
        }
        return convolution == null
                ? sum
                : sum.plus(
                        convolution.operations(
                                (long) config.sample().height() * config.sample().width()));
    }

    /** Returns the layers in order: those before the middle, the middle one, those behind it. */
    List<UViTBlock> blocks() {
        List<UViTBlock> all = new ArrayList<>(inBlocks);
        all.add(midBlock);
        all.addAll(outBlocks);
        return all;
    }
}
