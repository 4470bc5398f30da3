package io.zigma.eval.feature;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.pooling.Pool;
import ai.djl.training.ParameterStore;
import io.zigma.eval.metric.FeatureMatrix;
import io.zigma.nn.Pass;
import java.util.List;
import java.util.OptionalInt;

/** A trained {@link ConvolutionalNetwork} with fixed weights. */
final class ConvolutionalClassifier implements Classifier {

    private final ClassifierFolder folder;
    private final ConvolutionalNetwork network;
    private final NDManager manager;
    private final Pass pass;

    /**
     * Takes a network over.
     *
     * @param folder what describes it
     * @param network with its weights
     * @param manager owns the weights and is closed with this
     */
    ConvolutionalClassifier(
            ClassifierFolder folder, ConvolutionalNetwork network, NDManager manager) {
        this.folder = folder;
        this.network = network;
        this.manager = manager;
        this.pass = Pass.inference(new ParameterStore(manager, false));
    }

    @Override
    public String name() {
        return folder.path().toAbsolutePath().normalize().getFileName().toString();
    }

    @Override
    public String sha256() {
        return folder.weightsHash();
    }

    @Override
    public int dimension() {
        return folder.config().dimension();
    }

    @Override
    public List<String> labels() {
        return folder.config().labels();
    }

    @Override
    public ClassifierOutput classify(NDArray images) {
        int times = reduction(images.getShape());
        try (NDManager scope = manager.newSubManager()) {
            NDArray x = images.toDevice(manager.getDevice(), true);
            x.attach(scope);
            if (times > 1) {
                Shape square = new Shape(times, times);
                x =
                        Pool.avgPool2d(
                                x, square, square, new Shape(0, 0), false, false); // (B, C, H, W)
            }
            NDArray features = network.features(pass, x); // (B, D)
            NDArray logits = network.logits(pass, features); // (B, classes)
            return new ClassifierOutput(
                    FeatureMatrix.of(dimension(), features.toFloatArray()),
                    FeatureMatrix.of(labels().size(), logits.toFloatArray()));
        }
    }

    /** Returns how many times as large pictures (B, …) are as the network's own. */
    private int reduction(Shape images) {
        ClassifierConfig config = folder.config();
        OptionalInt times = config.reduction(images.slice(1));
        if (times.isEmpty()) {
            throw new IllegalArgumentException(
                    "%s takes pictures of shape %s%s, not %s; use a classifier trained on such pictures"
                            .formatted(
                                    folder.path(),
                                    config.sample().shape(),
                                    config.frames() > 0
                                            ? ""
                                            : " or a whole number of times as high and wide",
                                    images.slice(1)));
        }
        return times.getAsInt();
    }

    @Override
    public void close() {
        manager.close();
    }
}
