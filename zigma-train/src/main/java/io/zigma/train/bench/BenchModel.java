package io.zigma.train.bench;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.NDScope;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Parameter;
import ai.djl.training.ParameterStore;
import ai.djl.training.initializer.Initializer;
import ai.djl.training.initializer.NormalInitializer;
import io.zigma.model.ZigMa;
import io.zigma.model.ZigMaBlock;
import io.zigma.model.ZigMaConfig;
import io.zigma.op.GradientTape;
import io.zigma.train.optim.Gradients;
import java.util.LinkedHashMap;
import java.util.Map;

/** A model with random weights, and noise to run it on. */
final class BenchModel implements AutoCloseable {

    private static final float WEIGHT_SCALE = 0.02f;

    private final NDManager manager;
    private final ZigMa model;
    private final ParameterStore store;
    private final NDArray x;
    private final NDArray t;
    private final NDArray target;

    /**
     * Makes the model of a case.
     *
     * @param benchCase the case, of an unconditional model
     * @param parent owns everything until {@link #close}
     */
    BenchModel(BenchCase benchCase, NDManager parent) {
        manager = parent.newSubManager();
        ZigMaConfig config = benchCase.model();
        model = new ZigMa(config);
        model.namedParameters().forEach(BenchModel::fill);
        model.initialize(manager);
        store = new ParameterStore(manager, false);
        Shape images =
                new Shape(
                        benchCase.batch(),
                        config.channels(),
                        config.imageHeight(),
                        config.imageWidth());
        x = manager.randomNormal(images);
        target = manager.randomNormal(images);
        t = manager.randomUniform(0, 1, new Shape(benchCase.batch()), DataType.FLOAT32);
    }

    /**
     * Leaves nothing zero: a new model's gates are, and products with zeros are not what a trained
     * model computes. Values lie in the engine's own memory, as those of a loaded model do.
     */
    private static void fill(String name, Parameter parameter) {
        Initializer published = parameter.getInitializer();
        Initializer random = new NormalInitializer(WEIGHT_SCALE);
        boolean zeroAtFirst = name.contains("adaLN_modulation");
        parameter.setInitializer(
                (owner, shape, type) -> {
                    if (zeroAtFirst) {
                        return random.initialize(owner, shape, type);
                    }
                    try (NDArray values = published.initialize(owner, shape, type)) {
                        return values.duplicate();
                    }
                });
    }

    /** Returns the model. */
    ZigMa model() {
        return model;
    }

    /** Returns the model's first layer. */
    ZigMaBlock block() {
        return model.getChildren().values().stream()
                .filter(ZigMaBlock.class::isInstance)
                .map(ZigMaBlock.class::cast)
                .findFirst()
                .orElseThrow();
    }

    /** Returns what owns the weights. */
    NDManager manager() {
        return manager;
    }

    /** Predicts once, recording nothing. */
    void forward() {
        Recording.off(
                () -> {
                    model.predict(store, x, t, null, false).close();
                    return null;
                });
    }

    /** Goes forward and backward; gradients add up in the weights. */
    void forwardBackward() {
        try (NDScope scope = new NDScope();
                GradientTape tape = GradientTape.open()) {
            scope.suppressNotUsedWarning();
            NDArray output = model.predict(store, x, t, null, true);
            tape.backward(output.sub(target).square().mean());
        }
    }

    /** Times {@link #forwardBackward}, but not the zeroing of the gradients before it. */
    long timedForwardBackward() {
        Gradients.zero(weights());
        long start = System.nanoTime();
        forwardBackward();
        return System.nanoTime() - start;
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
        manager.close();
    }
}
