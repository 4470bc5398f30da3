package io.zigma.backbone.adm;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.ParameterStore;
import ai.djl.util.PairList;
import io.zigma.nn.Dense;
import io.zigma.nn.DropPath;
import io.zigma.nn.GroupNorm;
import io.zigma.nn.NamedBlock;
import io.zigma.nn.OperationCount;
import io.zigma.nn.Pass;
import io.zigma.nn.PictureConvolution;
import io.zigma.op.Convolution;
import io.zigma.op.Dropout;
import io.zigma.op.GatedSum;
import io.zigma.op.Precision;
import io.zigma.op.Scratch;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Two convolutions of 3 × 3, each after a group norm and SiLU, added to the input; the embedding of
 * time and class goes in between (Dhariwal and Nichol 2021, section 3 and equation 4; official
 * {@code ResBlock}). One that changes the resolution does so before its first convolution, and to
 * its input as well.
 */
final class ResidualBlock extends NamedBlock {

    /** What a block does to the sides of its picture. */
    enum Sides {
        /** Nothing. */
        KEPT(UnaryOperator.identity()),
        /** The mean of each 2 × 2 pixels. */
        HALVED(Convolution::halved),
        /** Each pixel four times. */
        DOUBLED(Convolution::doubled);

        private final UnaryOperator<NDArray> change;

        Sides(UnaryOperator<NDArray> change) {
            this.change = change;
        }

        long of(long side) {
            return switch (this) {
                case KEPT -> side;
                case HALVED -> side / 2;
                case DOUBLED -> side * 2;
            };
        }
    }

    private final Sides sides;
    private final boolean scaleShift;
    private final int outputs;
    private final double dropout;
    private final GroupNorm norm1;
    private final PictureConvolution conv1;
    private final Dense embedding; // 4C → 2·out: scale and shift; or → out, which is added
    private final GroupNorm norm2;
    private final PictureConvolution conv2;
    private final @Nullable PictureConvolution shortcut;

    /**
     * Creates a block.
     *
     * @param shape of the network
     * @param inputs channels in
     * @param outputs channels out
     * @param sides what it does to the resolution
     */
    ResidualBlock(AdmShape shape, int inputs, int outputs, Sides sides) {
        this.sides = sides;
        this.outputs = outputs;
        scaleShift = shape.scaleShift();
        dropout = shape.dropout();
        norm1 = child("in_layers.0", new GroupNorm(inputs, AdmShape.GROUPS, AdmShape.EPSILON));
        conv1 = child("in_layers.2", PictureConvolution.same(inputs, outputs, 3));
        embedding =
                child(
                        "emb_layers.1",
                        new Dense(shape.embeddingSize(), scaleShift ? 2 * outputs : outputs, true));
        norm2 = child("out_layers.0", new GroupNorm(outputs, AdmShape.GROUPS, AdmShape.EPSILON));
        conv2 = child("out_layers.3", PictureConvolution.same(outputs, outputs, 3));
        shortcut =
                inputs == outputs
                        ? null
                        : child("skip_connection", PictureConvolution.same(inputs, outputs, 1));
    }

    /** What conditions the block stays in float32: a picture has one row of it. */
    @Override
    public void setPrecision(Precision precision) {
        conv1.setPrecision(precision);
        conv2.setPrecision(precision);
        if (shortcut != null) {
            shortcut.setPrecision(precision);
        }
    }

    /**
     * Samples what the block will leave out of its activations, before it runs: it may run twice.
     *
     * @param pass parameter values of this forward pass
     * @param batch number of pictures
     * @return a seed for each, null where nothing is left out
     */
    long @Nullable [] seeds(Pass pass, long batch) {
        return dropout > 0 && pass.training() && pass.random() != DropPath.NONE
                ? pass.random().seeds(Math.toIntExact(batch))
                : null;
    }

    /**
     * Applies the block.
     *
     * @param pass parameter values of this forward pass
     * @param x (B, in, H, W)
     * @param condition SiLU of the embedding of time and class (B, 4C)
     * @param seeds from {@link #seeds}
     * @return (B, out, H', W')
     */
    NDArray apply(Pass pass, NDArray x, NDArray condition, long @Nullable [] seeds) {
        return Scratch.freed(
                () -> {
                    // each picture is let go once it is used: at 256 pixels one takes 64 MB
                    NDArray n = norm1.applySilu(pass, x); // (B, in, H, W)
                    NDArray m = Scratch.then(n, sides.change); // (B, in, H', W')
                    NDArray h = Scratch.then(m, y -> conv1.apply(pass, y)); // (B, out, H', W')
                    NDArray e = embedding.apply(pass, condition); // (B, 2·out) or (B, out)
                    NDArray s = Scratch.then(h, y -> conditioned(pass, y, e));
                    NDArray d = seeds == null ? s : Scratch.then(s, z -> dropped(z, seeds));
                    NDArray y = Scratch.then(d, z -> conv2.apply(pass, z)); // (B, out, H', W')
                    NDArray moved = sides.change.apply(x); // (B, in, H', W')
                    NDArray skip = shortcut == null ? moved : shortcut.apply(pass, moved);
                    return GatedSum.of(skip, y);
                });
    }

    private NDArray dropped(NDArray x, long[] seeds) {
        return Dropout.apply(x, seeds, dropout);
    }

    /** The second norm with what time and class say, and SiLU (B, out, H', W'). */
    private NDArray conditioned(Pass pass, NDArray h, NDArray e) {
        if (scaleShift) {
            NDList halves = e.split(2, 1); // (B, out): scale, shift
            return norm2.applyModulatedSilu(pass, h, halves.get(0), halves.get(1));
        }
        NDArray sum = GatedSum.of(e.reshape(e.size(0), outputs, 1, 1), h);
        return norm2.applySilu(pass, sum);
    }

    /**
     * Counts its work.
     *
     * @param vectors pixels of the picture that it makes
     * @return multiply-adds for one picture
     */
    @Override
    public OperationCount operations(long vectors) {
        OperationCount count =
                conv1.operations(vectors)
                        .plus(conv2.operations(vectors))
                        .plus(embedding.operations(1));
        return shortcut == null ? count : count.plus(shortcut.operations(vectors));
    }

    @Override
    protected NDList forwardInternal(
            ParameterStore store,
            NDList inputs,
            boolean training,
            PairList<String, Object> ignored) {
        Pass pass = new Pass(store, training, DropPath.NONE);
        return new NDList(apply(pass, inputs.get(0), inputs.get(1), null));
    }

    @Override
    public Shape[] getOutputShapes(Shape[] inputShapes) {
        Shape x = inputShapes[0];
        return new Shape[] {new Shape(x.get(0), outputs, sides.of(x.get(2)), sides.of(x.get(3)))};
    }
}
