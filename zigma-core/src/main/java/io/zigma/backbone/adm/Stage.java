package io.zigma.backbone.adm;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.ParameterStore;
import ai.djl.util.PairList;
import io.zigma.nn.DropPath;
import io.zigma.nn.NamedBlock;
import io.zigma.nn.OperationCount;
import io.zigma.nn.Pass;
import io.zigma.nn.UnaryBlock;
import io.zigma.op.GradientTape;
import io.zigma.op.Scratch;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Layers one after the other, between two places where a long skip leaves or comes in (official
 * {@code TimestepEmbedSequential}). Each is a block of the gradient tape.
 */
final class Stage extends NamedBlock {

    /**
     * One of the layers.
     *
     * @param block its parameters
     * @param seeds of what it leaves out while training
     * @param step what it does
     * @param rate the sides of the picture that it makes are the network's divided by this
     */
    private record Layer(NamedBlock block, Seeds seeds, Step step, int rate) {}

    /** What a layer leaves out for a batch of so many pictures. */
    @FunctionalInterface
    private interface Seeds {
        long @Nullable [] of(Pass pass, long batch);
    }

    /** From a picture to the next. */
    @FunctionalInterface
    private interface Step {
        NDArray apply(Pass pass, NDArray x, NDArray condition, long @Nullable [] seeds);
    }

    private final List<Layer> layers = new ArrayList<>();

    /**
     * Adds a layer that time and class have no part in.
     *
     * @param block the layer
     * @param rate of downsampling of the picture that it makes
     * @return this
     */
    Stage with(UnaryBlock block, int rate) {
        UnaryBlock added = child(nextName(), block);
        layers.add(
                new Layer(
                        added,
                        (pass, batch) -> null,
                        (pass, x, condition, seeds) -> added.apply(pass, x),
                        rate));
        return this;
    }

    /**
     * Adds a residual block.
     *
     * @param block the layer
     * @param rate of downsampling of the picture that it makes
     * @return this
     */
    Stage with(ResidualBlock block, int rate) {
        ResidualBlock added = child(nextName(), block);
        layers.add(new Layer(added, added::seeds, added::apply, rate));
        return this;
    }

    private String nextName() {
        return Integer.toString(layers.size());
    }

    /**
     * Applies the layers.
     *
     * @param pass parameter values of this forward pass
     * @param x (B, in, H, W)
     * @param skip what comes in from the way down (B, skipped, H, W), its channels behind those of
     *     x; null for none
     * @param condition SiLU of the embedding of time and class (B, 4C)
     * @return (B, out, H', W')
     */
    NDArray apply(Pass pass, NDArray x, @Nullable NDArray skip, NDArray condition) {
        return Scratch.freed(
                () -> {
                    NDArray h = x;
                    for (Layer layer : layers) {
                        NDArray before = h;
                        h = apply(layer, pass, before, before == x ? skip : null, condition);
                        if (before != x) {
                            before.close(); // what gradients need of it stays in the engine
                        }
                    }
                    return h;
                });
    }

    private static NDArray apply(
            Layer layer, Pass pass, NDArray x, @Nullable NDArray skip, NDArray condition) {
        long[] seeds = layer.seeds.of(pass, x.size(0));
        return GradientTape.block(
                Arrays.asList(x, skip, condition),
                inputs ->
                        Scratch.freed(
                                () -> {
                                    NDArray here = Objects.requireNonNull(inputs.get(0));
                                    NDArray there = inputs.get(1);
                                    NDArray joined =
                                            there == null
                                                    ? here
                                                    : GradientTape.accumulateAt(
                                                            here.concat(there, 1));
                                    return layer.step.apply(
                                            pass,
                                            joined,
                                            Objects.requireNonNull(inputs.get(2)),
                                            seeds);
                                }));
    }

    /**
     * Counts its work.
     *
     * @param vectors pixels of the network's own picture
     * @return multiply-adds for one picture
     */
    @Override
    public OperationCount operations(long vectors) {
        OperationCount sum = OperationCount.NONE;
        for (Layer layer : layers) {
            sum = sum.plus(layer.block.operations(pixels(vectors, layer)));
        }
        return sum;
    }

    private static long pixels(long all, Layer layer) {
        return all / ((long) layer.rate * layer.rate);
    }

    /**
     * Notes how many vectors each weight is multiplied with.
     *
     * @param prefix of the names of its parameters
     * @param all pixels of the network's own picture
     * @param vectors by the name of the weight, filled here
     */
    void countVectors(String prefix, long all, Map<String, Long> vectors) {
        for (int i = 0; i < layers.size(); i++) {
            Layer layer = layers.get(i);
            String place = prefix + i + ".";
            for (String name : layer.block.namedParameters().keySet()) {
                boolean once = name.startsWith("emb_layers.");
                vectors.put(place + name, once ? 1 : pixels(all, layer));
            }
        }
    }

    @Override
    protected NDList forwardInternal(
            ParameterStore store,
            NDList inputs,
            boolean training,
            PairList<String, Object> ignored) {
        Pass pass = new Pass(store, training, DropPath.NONE);
        return new NDList(apply(pass, inputs.get(0), null, inputs.get(1)));
    }

    @Override
    public Shape[] getOutputShapes(Shape[] inputShapes) {
        Shape shape = inputShapes[0];
        for (Layer layer : layers) {
            shape = layer.block.getOutputShapes(new Shape[] {shape})[0];
        }
        return new Shape[] {shape};
    }
}
