package io.zigma.convert;

import io.zigma.backbone.BackboneSpec;
import io.zigma.checkpoint.CheckpointConfig;
import io.zigma.checkpoint.CheckpointFolder;
import io.zigma.diffusion.InterpolantKind;
import io.zigma.diffusion.Prediction;
import io.zigma.io.SafetensorsFile;
import io.zigma.io.SafetensorsTensor;
import java.io.IOException;
import java.nio.file.Path;
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
    public Optional<BackboneSpec> model() {
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
        ForeignWeights<SafetensorsTensor> weights =
                new ForeignWeights<>(
                        file.path(),
                        StateDictNames.unwrapped(file.tensors()),
                        (name, tensor) -> file.floats(tensor.name()));
        return NewFolder.of(folder).write(config, manager -> weights.read(config.model(), manager));
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
