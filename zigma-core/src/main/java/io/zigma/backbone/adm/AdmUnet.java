package io.zigma.backbone.adm;

import ai.djl.ndarray.NDArray;
import io.zigma.backbone.BackboneBlock;
import io.zigma.backbone.adm.ResidualBlock.Sides;
import io.zigma.condition.Condition;
import io.zigma.nn.DropPath;
import io.zigma.nn.GroupNorm;
import io.zigma.nn.OperationCount;
import io.zigma.nn.Pass;
import io.zigma.nn.PictureConvolution;
import io.zigma.op.EachSequence;
import io.zigma.op.GradientTape;
import io.zigma.op.Precision;
import io.zigma.op.Scratch;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;

/**
 * ADM's U-Net (Dhariwal and Nichol, Diffusion Models Beat GANs on Image Synthesis, NeurIPS 2021,
 * section 3; official {@code UNetModel}).
 *
 * <p>Residual blocks of convolutions go down a ladder of resolutions and up again; each block on
 * the way up also gets the picture of its counterpart on the way down. Time and class scale and
 * shift what norms give, and at the lower resolutions all pixels attend to each other.
 *
 * <p>As a DJL block it takes x (B, C, H, W), t (B) and, when class-conditional, labels (B) as
 * int64; it returns the output (B, outputChannels, H, W).
 */
public final class AdmUnet extends BackboneBlock {

    private final AdmConfig config;
    private final WayDown down;
    private final List<Stage> wayUp = new ArrayList<>();
    private final GroupNorm norm;
    private final PictureConvolution last;
    private final AtomicLong djlPasses = new AtomicLong(); // for DJL's own training

    /**
     * Creates a model whose weights, once initialised, are the published initialisation.
     *
     * @param config the model's shape
     * @param seed determines the weights
     */
    public AdmUnet(AdmConfig config, long seed) {
        this.config = config;
        AdmShape shape = config.shape();
        down =
                inlined(
                        new WayDown(
                                shape,
                                config.sample().channels(),
                                config.conditioning().labelRows(),
                                config.signature().timeScale()));
        Deque<Integer> skipped = new ArrayDeque<>();
        down.widths().forEach(skipped::push);
        int width = skipped.element();
        for (int level = shape.levels() - 1; level >= 0; level--) {
            int rate = 1 << level;
            for (int i = 0; i <= shape.resBlocks(); i++) {
                Stage stage =
                        new Stage()
                                .with(
                                        new ResidualBlock(
                                                shape,
                                                width + skipped.pop(),
                                                shape.width(level),
                                                Sides.KEPT),
                                        rate);
                width = shape.width(level);
                if (shape.attendsAt(level)) {
                    stage.with(new AttentionBlock(shape, width), rate);
                }
                if (level > 0 && i == shape.resBlocks()) {
                    addDoubling(stage, width, rate / 2);
                }
                wayUp.add(child("output_blocks." + wayUp.size(), stage));
            }
        }
        norm = child("out.0", new GroupNorm(width, AdmShape.GROUPS, AdmShape.EPSILON));
        last = child("out.2", PictureConvolution.same(width, config.outputChannels(), 3));
        Initialization.apply(namedParameters(), "out.2.", Set.of("out.0."), seed);
    }

    private void addDoubling(Stage stage, int width, int rate) {
        AdmShape shape = config.shape();
        if (shape.resampling() == Resampling.RESIDUAL) {
            stage.with(new ResidualBlock(shape, width, width, Sides.DOUBLED), rate);
        } else {
            stage.with(
                    new Resample(width, true, shape.resampling() == Resampling.CONVOLUTION), rate);
        }
    }

    /** Each picture by itself where no gradients are recorded, as convolutions round otherwise. */
    @Override
    public NDArray forward(Pass pass, NDArray x, NDArray t, Condition condition) {
        return Scratch.freed(
                () -> {
                    NDArray c = down.condition(pass, t, condition); // (B, 4C)
                    return EachSequence.of(
                            List.of(x, c), parts -> output(pass, parts.get(0), parts.get(1)));
                });
    }

    private NDArray output(Pass pass, NDArray x, NDArray c) {
        return Scratch.freed(
                () -> {
                    Deque<NDArray> skips = new ArrayDeque<>();
                    NDArray h = x;
                    for (Stage stage : down.stages()) {
                        // one cut for both readers and one for the next stage, as in U-ViT
                        NDArray skip = GradientTape.accumulateAt(stage.apply(pass, h, null, c));
                        skips.push(skip);
                        h = GradientTape.accumulateAt(skip);
                    }
                    h = down.middle().apply(pass, h, null, c);
                    for (Stage stage : wayUp) {
                        NDArray skip = skips.pop();
                        h = Scratch.then(h, y -> stage.apply(pass, y, skip, c));
                        skip.close(); // the last to read it; at 256 pixels it takes 64 MB
                    }
                    NDArray n = norm.applySilu(pass, GradientTape.accumulateAt(h));
                    return last.apply(pass, n); // (B, outputChannels, H, W)
                });
    }

    /** The way down, for tests. */
    WayDown down() {
        return down;
    }

    /** The stages behind the middle, in order. */
    List<Stage> wayUp() {
        return wayUp;
    }

    @Override
    protected DropPath dropPath(boolean training) {
        return training ? DropPath.seeded(djlPasses.getAndIncrement()) : DropPath.NONE;
    }

    @Override
    public AdmConfig spec() {
        return config;
    }

    /** The first and the last convolution, and what conditions the others, stay in float32. */
    @Override
    public void setPrecision(Precision precision) {
        down.setPrecision(precision);
        wayUp.forEach(stage -> stage.setPrecision(precision));
    }

    private long pixels() {
        return (long) config.sample().height() * config.sample().width();
    }

    @Override
    public OperationCount operations() {
        OperationCount sum = down.operations(pixels()).plus(last.operations(pixels()));
        for (Stage stage : wayUp) {
            sum = sum.plus(stage.operations(pixels()));
        }
        return sum;
    }

    @Override
    public OptionalLong vectors(String weight) {
        Map<String, Long> vectors = new HashMap<>();
        down.countVectors(pixels(), vectors);
        for (int i = 0; i < wayUp.size(); i++) {
            wayUp.get(i).countVectors("output_blocks." + i + ".", pixels(), vectors);
        }
        return OptionalLong.of(vectors.getOrDefault(weight, pixels()));
    }
}
