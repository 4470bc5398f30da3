package io.zigma.checkpoint;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Parameter;
import io.zigma.interpolant.InterpolantKind;
import io.zigma.interpolant.Prediction;
import io.zigma.model.ZigMa;
import io.zigma.model.ZigMaConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A safetensors file that holds nothing but a model's weights under their official names, in any
 * floating-point type; what the model is somebody else has to say.
 */
public final class SafetensorsWeights implements ForeignCheckpoint {

    private final SafetensorsFile file;

    private SafetensorsWeights(SafetensorsFile file) {
        this.file = file;
    }

    /**
     * Opens a file.
     *
     * @param path a safetensors file
     * @return the open file; its tensors are read when they are asked for
     * @throws IOException if it is missing, damaged or something else
     */
    public static SafetensorsWeights open(Path path) throws IOException {
        return new SafetensorsWeights(SafetensorsFile.open(path));
    }

    @Override
    public Optional<ZigMaConfig> model() {
        return Optional.empty();
    }

    @Override
    public Optional<InterpolantKind> interpolant() {
        return Optional.empty();
    }

    @Override
    public Optional<Prediction> prediction() {
        return Optional.empty();
    }

    @Override
    public Optional<String> modelName() {
        return Optional.empty();
    }

    @Override
    public Optional<String> dataName() {
        return Optional.empty();
    }

    @Override
    public Optional<Long> trainSteps() {
        return Optional.empty();
    }

    @Override
    public CheckpointFolder convert(TorchWeights which, CheckpointConfig config, Path folder)
            throws IOException {
        return NewFolder.of(folder).write(config, manager -> weights(config.model(), manager));
    }

    private Map<String, NDArray> weights(ZigMaConfig config, NDManager manager) throws IOException {
        Map<String, SafetensorsTensor> found = StateDictNames.unwrapped(file.tensors());
        Map<String, Parameter> expected = new ZigMa(config).namedParameters();
        List<TensorDifference> differences =
                TensorDifference.between(expected, found, SafetensorsTensor::shape);
        if (!differences.isEmpty()) {
            throw new CheckpointException(
                    "%s does not fit the model, %s"
                            .formatted(file.path(), TensorDifference.told(differences)));
        }
        Map<String, NDArray> weights = new LinkedHashMap<>();
        for (String name : expected.keySet()) {
            SafetensorsTensor tensor = found.get(name);
            if (tensor != null) {
                weights.put(
                        name,
                        manager.create(file.floats(tensor.name()), new Shape(tensor.sides())));
            }
        }
        return weights;
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
