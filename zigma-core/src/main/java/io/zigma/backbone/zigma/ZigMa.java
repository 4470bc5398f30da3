package io.zigma.backbone.zigma;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Parameter;
import io.zigma.backbone.BackboneBlock;
import io.zigma.base.EngineMemory;
import io.zigma.condition.Condition;
import io.zigma.condition.Conditioning;
import io.zigma.nn.Dense;
import io.zigma.nn.DropPath;
import io.zigma.nn.LabelEmbedding;
import io.zigma.nn.Norm;
import io.zigma.nn.OperationCount;
import io.zigma.nn.Pass;
import io.zigma.nn.PatchEmbedding;
import io.zigma.nn.Patches;
import io.zigma.nn.TimestepEmbedding;
import io.zigma.nn.TokenSubset;
import io.zigma.op.EachSequence;
import io.zigma.op.GatedSum;
import io.zigma.op.GradientTape;
import io.zigma.op.Precision;
import io.zigma.op.Scratch;
import io.zigma.op.TokenOrder;
import io.zigma.scan.Grid;
import io.zigma.scan.LayerScan;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The Zigzag Mamba diffusion backbone (Hu et al., ZigMa, ECCV 2024; official {@code
 * model_zigma.py}).
 *
 * <p>Patches become tokens, tokens pass a stack of Mamba layers conditioned by adaLN, and a linear
 * head turns them back into patches. Layers cycle through the scan paths of the scan scheme; layers
 * differ in nothing else, and one path a layer costs no parameters.
 *
 * <p>As a DJL block it takes x, t (B) and, when class-conditional, labels (B) as int64 or, when
 * text-conditional, tokens (B, n, d); it returns the output in the shape of x but for its channels:
 * (B, C, H, W) for images, (B, F, C, H, W) for videos.
 */
public final class ZigMa extends BackboneBlock {

    private final ZigMaConfig config;
    private final Patches patches;
    private final Patches outputPatches;

    private final @Nullable Parameter positions; // (1, L, D)
    private final @Nullable Parameter temporalPositions; // (1, F, D)
    private final PatchEmbedding patchEmbedding;
    private final TimestepEmbedding timestepEmbedding;
    private final @Nullable LabelEmbedding labelEmbedding;
    private final @Nullable Dense textEmbedding;
    private final List<ZigMaBlock> blocks = new ArrayList<>();
    private final Norm lastNorm;
    private final FinalLayer head;

    /** Counts the training passes of DJL's own trainer, which passes no random source. */
    private final AtomicLong djlPasses = new AtomicLong();

    /**
     * Creates a model whose weights, once initialised, are the published initialisation sampled
     * with seed 0.
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
     * @param seed determines the weights
     */
    public ZigMa(ZigMaConfig config, long seed) {
        this.config = config;
        patches = config.patches();
        outputPatches = config.outputPatches();
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
        timestepEmbedding =
                child("t_embedder", new TimestepEmbedding(size, config.signature().timeScale()));
        Conditioning conditioning = config.conditioning();
        labelEmbedding =
                conditioning.labelRows() > 0
                        ? child("y_embedder", new LabelEmbedding(conditioning.labelRows(), size))
                        : null;
        textEmbedding =
                conditioning.contextSize() > 0
                        ? child("y_embedder", new Dense(conditioning.contextSize(), size, true))
                        : null;
        List<LayerScan> scans = config.scan().plan(config.grid(), config.depth());
        for (int layer = 0; layer < config.depth(); layer++) {
            blocks.add(child("blocks." + layer, new ZigMaBlock(config, scans.get(layer))));
        }
        lastNorm = child("norm_f", config.norm().create(size, config.normEpsilon()));
        head = child("final_layer", new FinalLayer(size, outputPatches.values()));
        Initialization.published(config, seed).applyTo(namedParameters());
    }

    @Override
    public ZigMaConfig spec() {
        return config;
    }

    /** The layers alone round: what is embedded once, and the head, cost next to nothing. */
    @Override
    public void setPrecision(Precision precision) {
        blocks.forEach(block -> block.setPrecision(precision));
    }

    @Override
    public NDArray forward(Pass pass, NDArray x, NDArray t, Condition condition) {
        return Scratch.freed(
                () -> {
                    Embedded embedded = embed(pass, t, condition);
                    NDArray residual = embed(pass, x); // (B, L, D)
                    List<@Nullable NDArray> factors = dropFactors(pass, residual);
                    TokenSubset kept = routed(pass);
                    int first = kept == null ? 0 : config.routedFrom();
                    int last = kept == null ? blocks.size() : blocks.size() - first;
                    residual = layers(0, first, pass, residual, embedded, factors);
                    NDArray all = kept == null ? residual : GradientTape.accumulateAt(residual);
                    if (kept != null) {
                        residual = TokenOrder.take(all, kept.kept()); // (B, kept, D)
                    }
                    residual =
                            layers(first, last, pass.withTokens(kept), residual, embedded, factors);
                    if (kept != null) {
                        NDArray past = TokenOrder.take(all, kept.skipped());
                        residual = TokenOrder.take(residual.concat(past, 1), kept.places());
                    }
                    residual = layers(last, blocks.size(), pass, residual, embedded, factors);
                    NDArray tokens = lastNorm.apply(pass, residual); // (B, L, D)
                    NDArray output = head.apply(pass, tokens); // (B, L, p·p·C)
                    return outputPatches
                            .join(output) // (B·F, C, H, W)
                            .reshape(outputShape(x.getShape()));
                });
    }

    /** Passes the stream (B, L, D) through some layers. */
    private NDArray layers(
            int first,
            int last,
            Pass pass,
            NDArray stream,
            Embedded embedded,
            List<@Nullable NDArray> factors) {
        NDArray residual = stream;
        for (int layer = first; layer < last; layer++) {
            residual = layer(layer, pass, residual, embedded, factors.get(layer));
        }
        return residual;
    }

    /**
     * Chooses the tokens that do not go past the middle layers, the same positions in every frame
     * so that every kind of scan still has whole sequences; null for all tokens.
     */
    private @Nullable TokenSubset routed(Pass pass) {
        if (!pass.training() || pass.routing().share() == 0) {
            return null;
        }
        if (!config.routesTokens()) {
            throw new IllegalStateException("tokens of this model cannot be routed past layers");
        }
        Grid grid = config.grid();
        TokenSubset positions =
                TokenSubset.random(
                        grid.height() * grid.width(),
                        pass.routing().share(),
                        pass.routing().seed());
        return positions.isWhole() ? null : positions.inEveryFrame(grid.frames());
    }

    /** Returns x's shape (B, …, C, H, W) with the output's channels. */
    private Shape outputShape(Shape x) {
        long[] sides = x.getShape().clone(); // DJL returns its internal array
        sides[sides.length - 3] = config.outputChannels();
        return new Shape(sides);
    }

    /** Embeds images as tokens with positions added (B, L, D). */
    NDArray embed(Pass pass, NDArray x) {
        NDArray tokens = patchEmbedding.apply(pass, x);
        if (positions != null) {
            tokens = tokens.add(value(pass, positions, x));
        }
        if (temporalPositions != null) {
            Shape flat = tokens.getShape();
            int frames = patches.frames();
            NDArray times =
                    value(pass, temporalPositions, x).reshape(1, frames, 1, config.hiddenSize());
            tokens =
                    tokens.reshape(flat.get(0), frames, flat.get(1) / frames, flat.get(2))
                            .add(times) // (B, F, H·W, D)
                            .reshape(flat);
        }
        return tokens;
    }

    /** Embeds time and condition for the layers. */
    Embedded embed(Pass pass, NDArray t, Condition condition) {
        NDArray time = timestepEmbedding.apply(pass, t); // (B, D)
        if (labelEmbedding != null) {
            NDArray label = labelEmbedding.apply(pass, condition.requiredLabels()); // (B, D)
            return new Embedded(GradientTape.accumulateAt(time.add(label)));
        }
        if (textEmbedding != null) {
            NDArray text =
                    GradientTape.accumulateAt(
                            textEmbedding.apply(pass, texts(condition, t))); // (B, n, D)
            NDArray mask = condition.mask();
            NDArray mean = mask == null ? text.mean(new int[] {1}) : mean(text, mask); // (B, D)
            return new Embedded(GradientTape.accumulateAt(time.add(mean)), text, mask);
        }
        return new Embedded(GradientTape.accumulateAt(time));
    }

    /** Returns the mean of the tokens (B, n, D) that count, without the padding's bias (B, D). */
    private static NDArray mean(NDArray text, NDArray mask) {
        NDArray weights = // (B, n, 1)
                EachSequence.of(mask, each -> each.div(each.sum(new int[] {1}, true)))
                        .expandDims(2);
        return EachSequence.of(
                List.of(text, weights), each -> each.get(0).mul(each.get(1)).sum(new int[] {1}));
    }

    private NDArray texts(Condition condition, NDArray t) {
        return condition.requiredContext(t.size(), config.conditioning().contextSize());
    }

    @Override
    public OperationCount operations() {
        long tokens = config.grid().tokens();
        long textTokens = config.conditioning().countedTokens();
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

    /** Returns the layers in order. */
    List<ZigMaBlock> blocks() {
        return List.copyOf(blocks);
    }

    /** Adds what a layer contributes to the stream (B, L, D). */
    private NDArray layer(
            int number, Pass pass, NDArray residual, Embedded embedded, @Nullable NDArray factors) {
        return GradientTape.block(
                Arrays.asList(
                        residual, embedded.vector(), embedded.text(), embedded.mask(), factors),
                inputs -> {
                    NDArray stream = inputs.get(0);
                    Embedded condition = new Embedded(inputs.get(1), inputs.get(2), inputs.get(3));
                    NDArray survival = inputs.get(4);
                    NDArray hidden = blocks.get(number).apply(pass, stream, condition);
                    return GatedSum.of(stream, survival == null ? hidden : hidden.mul(survival));
                });
    }

    /**
     * Stochastic depth's factors (B, 1, 1) for the output of each layer, null for ones; the last
     * are for the sum before the last norm. All are made at once: on a device every array from
     * Java's memory waits for what was computed before.
     */
    private List<@Nullable NDArray> dropFactors(Pass pass, NDArray residual) {
        List<@Nullable NDArray> factors = new ArrayList<>(Collections.nCopies(blocks.size(), null));
        if (!pass.training() || config.dropPath() == 0) {
            return factors;
        }
        int batch = (int) residual.getShape().get(0);
        float[] all = new float[blocks.size() * batch];
        Arrays.fill(all, 1);
        for (int layer = 1; layer <= blocks.size(); layer++) {
            double probability = dropProbability(layer);
            if (probability > 0) {
                float[] own = pass.random().factors(batch, probability);
                System.arraycopy(own, 0, all, (layer - 1) * batch, batch);
            }
        }
        NDArray made =
                EngineMemory.copy(
                        residual.getManager(), all, new Shape(blocks.size(), batch, 1, 1));
        for (int layer = 1; layer <= blocks.size(); layer++) {
            if (dropProbability(layer) > 0) {
                factors.set(layer - 1, made.get(layer - 1));
            }
        }
        return factors;
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
    protected DropPath dropPath(boolean training) {
        return training ? DropPath.seeded(djlPasses.getAndIncrement()) : DropPath.NONE;
    }
}
