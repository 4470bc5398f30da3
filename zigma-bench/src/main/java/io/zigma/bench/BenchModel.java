package io.zigma.bench;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import ai.djl.training.ParameterStore;
import ai.djl.training.initializer.Initializer;
import ai.djl.training.initializer.NormalInitializer;
import ai.djl.util.Pair;
import io.zigma.backbone.Backbone;
import io.zigma.backbone.BackboneSpec;
import io.zigma.base.GradientMode;
import io.zigma.condition.Condition;
import io.zigma.nn.Pass;
import io.zigma.op.Precision;
import io.zigma.op.Scratch;
import io.zigma.train.optim.BatchGradients;
import io.zigma.train.optim.BatchGradients.MicrobatchLoss;
import java.util.LinkedHashMap;
import java.util.Map;

/** A model with random weights, and noise to run it on. */
final class BenchModel implements AutoCloseable {

    private static final float WEIGHT_SCALE = 0.02f;

    private final NDManager manager;
    private final Backbone model;
    private final Pass pass;
    private final BatchGradients gradients;
    private final NDArray x;
    private final NDArray times;
    private final NDArray time;
    private final NDArray target;

    /**
     * Makes the model of a case.
     *
     * @param benchCase the case, of an unconditional model
     * @param parent owns everything until {@link #close}
     */
    BenchModel(BenchCase benchCase, NDManager parent) {
        manager = parent.newSubManager();
        BackboneSpec config = benchCase.model();
        model = config.create(0);
        model.namedParameters().forEach(BenchModel::fill);
        model.initialize(manager);
        pass = Pass.inference(new ParameterStore(manager, false));
        gradients = BatchGradients.inMicrobatches(model.namedParameters(), false);
        Shape images = config.sample().batch(benchCase.batch());
        x = manager.randomNormal(images);
        target = // the output may say a variance too
                manager.randomNormal(
                        new Shape(
                                benchCase.batch(),
                                config.outputChannels(),
                                config.sample().height(),
                                config.sample().width()));
        Shape batch = new Shape(benchCase.batch());
        times = manager.randomUniform(0, 1, batch, DataType.FLOAT32);
        time = times.get("0:1").broadcast(batch).duplicate();
    }

    /**
     * Leaves nothing zero: a new model's gates are, and products with zeros are not what a trained
     * model computes. Values are in the engine's own memory, as those of a loaded model do.
     */
    private static void fill(String name, Parameter parameter) {
        Initializer published = parameter.getInitializer();
        Initializer random = new NormalInitializer(WEIGHT_SCALE);
        parameter.setInitializer(
                (owner, shape, type) -> {
                    try (NDArray values = published.initialize(owner, shape, type);
                            NDArray sizes = values.abs();
                            NDArray largest = sizes.max()) {
                        return largest.getFloat() == 0
                                ? random.initialize(owner, shape, type)
                                : values.duplicate();
                    }
                });
    }

    /** Returns the model. */
    Backbone model() {
        return model;
    }

    /** Returns the model's first layer, by the name that layers have in all official code. */
    Block layer() {
        return model.getChildren().stream()
                .filter(child -> child.getKey().endsWith("blocks.0"))
                .map(Pair::getValue)
                .findFirst()
                .orElseThrow();
    }

    /** Returns what owns the weights. */
    NDManager manager() {
        return manager;
    }

    /** Predicts once, recording nothing: all images at the same time, as in a sampler's step. */
    void forward() {
        GradientMode.off(
                () -> {
                    model.forward(pass, x, time, Condition.NONE).close();
                    return null;
                });
    }

    /**
     * Runs the forward and backward pass as training does, each image at a time of its own, and
     * discards the gradients.
     */
    void forwardBackward() {
        forwardBackward(Precision.FLOAT32);
    }

    /**
     * Does the same with the factors of large products rounded.
     *
     * @param precision what they are rounded to
     */
    void forwardBackward(Precision precision) {
        try (NDManager scope = manager.newSubManager()) {
            gradients(scope, precision);
        }
    }

    /**
     * Runs the forward and backward pass as training does.
     *
     * @param scope owner of what it leaves behind
     * @return a gradient for each of {@link #weights}
     */
    Map<String, NDArray> gradients(NDManager scope) {
        return gradients(scope, Precision.FLOAT32);
    }

    private Map<String, NDArray> gradients(NDManager scope, Precision precision) {
        return gradients
                .of(
                        Math.toIntExact(x.size(0)),
                        (leaves, from, to) ->
                                loss(Pass.training(leaves).withPrecision(precision), from, to),
                        scope)
                .gradients();
    }

    /** The part that some of the batch have in the mean square of the error. */
    private NDArray loss(Pass training, int from, int to) {
        return Scratch.freed(
                () -> {
                    NDIndex part = new NDIndex("{}:{}", from, to);
                    NDArray output =
                            model.forward(training, x.get(part), times.get(part), Condition.NONE);
                    return MicrobatchLoss.ofMean(
                            output.sub(target.get(part)).square().sum(), target.size());
                });
    }

    /** Returns the weights that gradients flow to, by name. */
    Map<String, NDArray> weights() {
        Map<String, NDArray> weights = new LinkedHashMap<>();
        model.namedParameters()
                .forEach(
                        (name, parameter) -> {
                            if (parameter.requiresGradient()) {
                                weights.put(name, parameter.getArray());
                            }
                        });
        return weights;
    }

    @Override
    public void close() {
        gradients.close();
        manager.close();
    }
}
