package io.zigma.backbone.adm;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.ParameterStore;
import ai.djl.util.PairList;
import io.zigma.condition.Condition;
import io.zigma.nn.DropPath;
import io.zigma.nn.NamedBlock;
import io.zigma.nn.OperationCount;
import io.zigma.nn.Pass;
import io.zigma.op.EachSequence;
import io.zigma.op.GradientTape;
import io.zigma.op.Scratch;
import java.util.List;
import java.util.Set;

/**
 * ADM's classifier of noisy pictures, whose gradient guides sampling (Dhariwal and Nichol 2021,
 * section 4; official {@code EncoderUNetModel}): the U-Net's way down, and a pool.
 *
 * <p>As a DJL block it takes x (B, C, H, W) and t (B); it returns logits (B, classes).
 */
public final class AdmClassifier extends NamedBlock {

    private final AdmClassifierConfig config;
    private final WayDown down;
    private final PoolHead head;

    /**
     * Creates a classifier whose weights, once initialised, are the published initialisation.
     *
     * @param config its shape
     * @param seed determines the weights
     */
    public AdmClassifier(AdmClassifierConfig config, long seed) {
        this.config = config;
        down =
                inlined(
                        new WayDown(
                                config.shape(), config.sample().channels(), 0, config.timeScale()));
        List<Integer> widths = down.widths();
        int last = widths.get(widths.size() - 1);
        int all = widths.stream().mapToInt(width -> width).sum() + last;
        head = child("out", PoolHead.of(config, last, all));
        Initialization.apply(
                namedParameters(),
                config.pool() == Pool.ADAPTIVE ? "out.3." : "",
                switch (config.pool()) {
                    case ADAPTIVE, ATTENTION -> Set.of("out.0.");
                    case SPATIAL_V2 -> Set.of("out.1.");
                    case SPATIAL -> Set.of();
                },
                seed);
    }

    /**
     * Returns the specification.
     *
     * @return what it was made from
     */
    public AdmClassifierConfig config() {
        return config;
    }

    /**
     * Classifies noisy pictures.
     *
     * @param pass parameter values of this forward pass
     * @param x (B, C, H, W)
     * @param t (B), as the networks of the process are given it
     * @return logits (B, classes)
     */
    public NDArray logits(Pass pass, NDArray x, NDArray t) {
        return Scratch.freed(
                () -> {
                    NDArray c = down.condition(pass, t, Condition.NONE); // (B, 4C)
                    return EachSequence.of(
                            List.of(x, c), parts -> logitsOf(pass, parts.get(0), parts.get(1)));
                });
    }

    /**
     * Classifies noisy pictures outside of training; gradients flow to the pictures where they are
     * recorded.
     *
     * @param store gives each parameter's value on a device
     * @param x (B, C, H, W)
     * @param t (B), as the networks of the process are given it
     * @return logits (B, classes)
     */
    public NDArray classify(ParameterStore store, NDArray x, NDArray t) {
        return logits(Pass.inference(store), x, t);
    }

    private NDArray logitsOf(Pass pass, NDArray x, NDArray c) {
        return Scratch.freed(
                () -> {
                    NDList means = new NDList();
                    NDArray h = x;
                    for (Stage stage : down.stages()) {
                        h = seen(stage.apply(pass, h, null, c), means);
                    }
                    h = seen(down.middle().apply(pass, h, null, c), means);
                    return head.apply(
                            pass, config.pool().readsAll() ? NDArrays.concat(means, 1) : h);
                });
    }

    /** Notes the means of the channels where the pool reads them. */
    private NDArray seen(NDArray h, NDList means) {
        NDArray cut = GradientTape.accumulateAt(h);
        if (!config.pool().readsAll()) {
            return cut;
        }
        means.add(cut.reshape(h.size(0), h.size(1), -1).mean(new int[] {2})); // (B, C)
        // one cut for both readers and one for the next stage, so that the sum of the gradients has
        // the same order whether stages are recomputed or not
        return GradientTape.accumulateAt(cut);
    }

    /**
     * Allocates and initialises all parameters.
     *
     * @param manager owns the parameters
     */
    public void initialize(NDManager manager) {
        initialize(manager, DataType.FLOAT32, config.sample().batch(1), new Shape(1));
    }

    /**
     * Counts the work of one forward pass.
     *
     * @return multiply-adds for one picture
     */
    public OperationCount operations() {
        long pixels = (long) config.sample().height() * config.sample().width();
        long lowest = config.pool().readsAll() ? 1 : config.lowestPixels();
        return down.operations(pixels).plus(head.operations(lowest));
    }

    @Override
    protected NDList forwardInternal(
            ParameterStore store,
            NDList inputs,
            boolean training,
            PairList<String, Object> ignored) {
        Pass pass = new Pass(store, training, DropPath.NONE);
        return new NDList(logits(pass, inputs.get(0), inputs.get(1)));
    }

    @Override
    public Shape[] getOutputShapes(Shape[] inputShapes) {
        return new Shape[] {new Shape(inputShapes[0].get(0), config.classes())};
    }
}
