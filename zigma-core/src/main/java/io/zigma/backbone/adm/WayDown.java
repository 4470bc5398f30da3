package io.zigma.backbone.adm;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.ParameterStore;
import ai.djl.util.PairList;
import io.zigma.backbone.adm.ResidualBlock.Sides;
import io.zigma.condition.Condition;
import io.zigma.nn.DropPath;
import io.zigma.nn.LabelEmbedding;
import io.zigma.nn.NamedBlock;
import io.zigma.nn.OperationCount;
import io.zigma.nn.Pass;
import io.zigma.nn.PictureConvolution;
import io.zigma.nn.TimeMlp;
import io.zigma.nn.TimestepEmbedding;
import io.zigma.op.Constants;
import io.zigma.op.EachSequence;
import io.zigma.op.GradientTape;
import io.zigma.op.Precision;
import io.zigma.op.Scratch;
import io.zigma.op.Silu;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the U-Net and the classifier both begin with: the embedding of time and class, the levels
 * from the picture's own resolution downwards, and the middle.
 */
final class WayDown extends NamedBlock {

    private final AdmShape shape;
    private final double timeScale;
    private final TimeMlp timeEmbedding;
    private final @Nullable LabelEmbedding labelEmbedding;
    private final List<Stage> stages = new ArrayList<>();
    private final List<Integer> widths = new ArrayList<>();
    private final Stage middle;

    /**
     * Creates the way down.
     *
     * @param shape of the network
     * @param channels of the pictures
     * @param labelRows of the table of classes; 0 for none
     * @param timeScale what times are multiplied by
     */
    WayDown(AdmShape shape, int channels, int labelRows, double timeScale) {
        this.shape = shape;
        this.timeScale = timeScale;
        int size = shape.embeddingSize();
        timeEmbedding = child("time_embed", new TimeMlp(shape.baseChannels(), size, size));
        labelEmbedding =
                labelRows > 0 ? child("label_emb", LabelEmbedding.bare(labelRows, size)) : null;
        int width = shape.width(0);
        add(new Stage().with(PictureConvolution.same(channels, width, 3), 1), width);
        for (int level = 0; level < shape.levels(); level++) {
            int rate = 1 << level;
            for (int i = 0; i < shape.resBlocks(); i++) {
                Stage stage =
                        new Stage()
                                .with(
                                        new ResidualBlock(
                                                shape, width, shape.width(level), Sides.KEPT),
                                        rate);
                width = shape.width(level);
                if (shape.attendsAt(level)) {
                    stage.with(new AttentionBlock(shape, width), rate);
                }
                add(stage, width);
            }
            if (level < shape.levels() - 1) {
                add(halving(width, 2 * rate), width);
            }
        }
        int lowest = 1 << (shape.levels() - 1);
        middle =
                child(
                        "middle_block",
                        new Stage()
                                .with(new ResidualBlock(shape, width, width, Sides.KEPT), lowest)
                                .with(new AttentionBlock(shape, width), lowest)
                                .with(new ResidualBlock(shape, width, width, Sides.KEPT), lowest));
    }

    private void add(Stage stage, int width) {
        stages.add(child("input_blocks." + stages.size(), stage));
        widths.add(width);
    }

    private Stage halving(int width, int rate) {
        return shape.resampling() == Resampling.RESIDUAL
                ? new Stage().with(new ResidualBlock(shape, width, width, Sides.HALVED), rate)
                : new Stage()
                        .with(
                                new Resample(
                                        width, false, shape.resampling() == Resampling.CONVOLUTION),
                                rate);
    }

    /**
     * Embeds time and class.
     *
     * @param pass parameter values of this forward pass
     * @param t (B)
     * @param condition labels where there are classes
     * @return the embedding (B, 4C), before SiLU
     */
    NDArray embed(Pass pass, NDArray t, Condition condition) {
        return Scratch.freed(
                () -> {
                    NDArray time = embedTime(pass, t); // (B, 4C)
                    return labelEmbedding == null
                            ? time
                            : time.add(labelEmbedding.apply(pass, condition.requiredLabels()));
                });
    }

    /** The embedding of time alone (B, 4C). */
    NDArray embedTime(Pass pass, NDArray t) {
        return Scratch.freed(
                () -> {
                    NDArray scaled = Constants.mul(t, timeScale);
                    NDArray waves = // (B, C)
                            EachSequence.of(
                                    scaled,
                                    part ->
                                            TimestepEmbedding.sinusoids(
                                                    part, shape.baseChannels()));
                    return timeEmbedding.apply(pass, waves);
                });
    }

    /** What every residual block is given: SiLU of the embedding (B, 4C), computed once. */
    NDArray condition(Pass pass, NDArray t, Condition condition) {
        return Scratch.freed(
                () -> GradientTape.accumulateAt(Silu.apply(embed(pass, t, condition))));
    }

    /** The stages before the middle, in order. */
    List<Stage> stages() {
        return Collections.unmodifiableList(stages);
    }

    /** Channels of what each stage makes. */
    List<Integer> widths() {
        return Collections.unmodifiableList(widths);
    }

    Stage middle() {
        return middle;
    }

    /**
     * Counts its work.
     *
     * @param vectors pixels of the picture
     * @return multiply-adds for one picture
     */
    @Override
    public OperationCount operations(long vectors) {
        OperationCount sum = timeEmbedding.operations(1).plus(middle.operations(vectors));
        if (labelEmbedding != null) {
            sum = sum.plus(labelEmbedding.operations(1));
        }
        for (Stage stage : stages) {
            sum = sum.plus(stage.operations(vectors));
        }
        return sum;
    }

    /** Notes how many vectors each weight is multiplied with, by its name. */
    void countVectors(long pixels, Map<String, Long> vectors) {
        namedParameters().keySet().forEach(name -> vectors.put(name, 1L));
        for (int i = 0; i < stages.size(); i++) {
            stages.get(i).countVectors("input_blocks." + i + ".", pixels, vectors);
        }
        middle.countVectors("middle_block.", pixels, vectors);
    }

    @Override
    public void setPrecision(Precision precision) {
        stages.forEach(stage -> stage.setPrecision(precision));
        middle.setPrecision(precision);
    }

    @Override
    protected NDList forwardInternal(
            ParameterStore store,
            NDList inputs,
            boolean training,
            PairList<String, Object> ignored) {
        Pass pass = new Pass(store, training, DropPath.NONE);
        NDArray c = condition(pass, inputs.get(1), Condition.ofLabels(inputs.get(2)));
        NDArray h = inputs.get(0);
        for (Stage stage : stages) {
            h = stage.apply(pass, h, null, c);
        }
        return new NDList(middle.apply(pass, h, null, c));
    }

    @Override
    public Shape[] getOutputShapes(Shape[] inputShapes) {
        Shape x = inputShapes[0];
        int rate = 1 << (shape.levels() - 1);
        return new Shape[] {
            new Shape(x.get(0), shape.width(shape.levels() - 1), x.get(2) / rate, x.get(3) / rate)
        };
    }
}
