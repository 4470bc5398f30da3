package io.zigma.convert;

import io.zigma.backbone.BackboneSpec;
import io.zigma.checkpoint.CheckpointConfig;
import io.zigma.checkpoint.CheckpointFolder;
import io.zigma.diffusion.InterpolantKind;
import io.zigma.diffusion.Prediction;
import io.zigma.io.CheckpointException;
import io.zigma.io.ContentHash;
import io.zigma.io.SafetensorsFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A safetensors file, or several that an index joins, that hold a model's weights under their
 * official names in any floating-point type. The file does not describe the model, except where it
 * was written by this program with its {@code config.json} beside it.
 */
public final class SafetensorsWeights implements ForeignCheckpoint {

    private final Path path;
    private final List<SafetensorsFile> files;
    private final Optional<CheckpointConfig> own;

    private SafetensorsWeights(
            Path path, List<SafetensorsFile> files, Optional<CheckpointConfig> own) {
        this.path = path;
        this.files = List.copyOf(files);
        this.own = own;
    }

    /**
     * Opens a file.
     *
     * @param path a safetensors file, or the JSON index of several
     * @return the open file; its tensors are read on demand
     * @throws IOException if it or a file that it names is missing, damaged or something else
     */
    public static SafetensorsWeights open(Path path) throws IOException {
        if (ShardIndex.isNamedLikeOne(path)) {
            return shards(path);
        }
        ShardIndex.requireNoShard(path);
        SafetensorsFile file = SafetensorsFile.open(path);
        try {
            return new SafetensorsWeights(path, List.of(file), own(path));
        } catch (IOException | RuntimeException e) {
            file.close();
            throw e;
        }
    }

    private static SafetensorsWeights shards(Path path) throws IOException {
        ShardIndex index = ShardIndex.read(path);
        List<SafetensorsFile> files = new ArrayList<>();
        try {
            for (Path shard : index.files()) {
                files.add(SafetensorsFile.open(shard));
            }
            index.requireSame(files);
            return new SafetensorsWeights(path, files, Optional.empty());
        } catch (IOException | RuntimeException e) {
            for (SafetensorsFile file : files) {
                file.close();
            }
            throw e;
        }
    }

    /** The description that this program wrote, if the file is unchanged. */
    private static Optional<CheckpointConfig> own(Path path) throws IOException {
        Path folder = path.toAbsolutePath().getParent();
        if (folder == null
                || !path.endsWith(CheckpointFolder.WEIGHTS)
                || !Files.isRegularFile(folder.resolve(CheckpointFolder.CONFIG))
                || !CheckpointFolder.isIn(folder)) {
            return Optional.empty();
        }
        try {
            CheckpointFolder checkpoint = CheckpointFolder.open(folder);
            return checkpoint.weightsHash().equals(ContentHash.ofFile(path))
                    ? Optional.of(checkpoint.config())
                    : Optional.empty();
        } catch (CheckpointException e) {
            // the weights may be intact though the description is damaged
            return Optional.empty();
        }
    }

    /**
     * Returns the description that this program wrote with the weights.
     *
     * @return the description beside the file, if there is one and it is of exactly this file
     */
    @Override
    public Optional<CheckpointConfig> described() {
        return own;
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
    public Set<String> passedOver() {
        return Set.of();
    }

    @Override
    public List<Map<String, long[]>> shapes() {
        return List.of(StateDictNames.shapes(tensors()));
    }

    @Override
    public List<Map<String, ReadableTensor>> states() {
        return List.of(Map.copyOf(StateDictNames.unwrapped(tensors())));
    }

    @Override
    public ModelWeights weights(Optional<TorchWeights> which, BackboneSpec config)
            throws IOException {
        WeightSet<ShardTensor> set =
                new WeightSearch<ShardTensor>(path, config.create(0).namedParameters().keySet())
                        .choose(
                                which,
                                List.of(new WeightSearch.Place<>(List.of(), tensors(), Map.of())));
        return ModelWeights.of(
                new ForeignWeights<>(path, set, (name, tensor) -> tensor.floats()), config);
    }

    private Map<String, ShardTensor> tensors() {
        Map<String, ShardTensor> tensors = new LinkedHashMap<>();
        for (SafetensorsFile file : files) {
            file.tensors()
                    .forEach((name, tensor) -> tensors.put(name, new ShardTensor(file, tensor)));
        }
        return tensors;
    }

    @Override
    public void close() throws IOException {
        for (SafetensorsFile file : files) {
            file.close();
        }
    }
}
