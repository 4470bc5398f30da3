package io.zigma.eval.feature;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Parameter;
import ai.djl.training.ParameterStore;
import io.zigma.checkpoint.WeightsFile;
import io.zigma.engine.EngineStart;
import io.zigma.eval.metric.FeatureMatrix;
import io.zigma.io.SafetensorsFile;
import io.zigma.nn.Pass;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** A trained {@link ConvolutionalNetwork} with fixed weights. */
final class ConvolutionalClassifier implements Classifier {

    private final ClassifierFolder folder;
    private final ConvolutionalNetwork network;
    private final NDManager manager;
    private final Pass pass;

    private ConvolutionalClassifier(
            ClassifierFolder folder, ConvolutionalNetwork network, NDManager manager) {
        this.folder = folder;
        this.network = network;
        this.manager = manager;
        this.pass = Pass.inference(new ParameterStore(manager, false));
    }

    static ConvolutionalClassifier load(ClassifierFolder folder, Device device) throws IOException {
        ConvolutionalNetwork network = new ConvolutionalNetwork(folder.config());
        Map<String, Parameter> parameters = network.namedParameters();
        Path file = folder.path().resolve(ClassifierFolder.WEIGHTS);
        NDManager manager = EngineStart.newManager(device);
        try (SafetensorsFile weights =
                WeightsFile.open(file, ClassifierFolder.CONFIG, folder.weightsHash(), parameters)) {
            parameters.values().forEach(parameter -> parameter.freeze(true));
            WeightsFile.feed(weights, parameters);
            network.initialize(manager);
        } catch (UncheckedIOException e) {
            manager.close();
            throw e.getCause();
        } catch (IOException | RuntimeException e) {
            manager.close();
            throw e;
        }
        return new ConvolutionalClassifier(folder, network, manager);
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
        requireFit(images.getShape());
        try (NDManager scope = manager.newSubManager()) {
            NDArray x = images.toDevice(manager.getDevice(), true);
            x.attach(scope);
            NDArray features = network.features(pass, x); // (B, D)
            NDArray logits = network.logits(pass, features); // (B, classes)
            return new ClassifierOutput(
                    FeatureMatrix.of(dimension(), features.toFloatArray()),
                    FeatureMatrix.of(labels().size(), logits.toFloatArray()));
        }
    }

    private void requireFit(Shape images) {
        ClassifierConfig config = folder.config();
        Shape own = config.sample().shape();
        if (images.dimension() != own.dimension() + 1 || !images.slice(1).equals(own)) {
            throw new IllegalArgumentException(
                    "%s takes pictures of shape %s, not %s; use a classifier trained on such pictures"
                            .formatted(folder.path(), own, images.slice(1)));
        }
    }

    @Override
    public void close() {
        manager.close();
    }
}
