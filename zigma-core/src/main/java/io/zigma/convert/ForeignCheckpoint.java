package io.zigma.convert;

import io.zigma.backbone.BackboneSpec;
import io.zigma.checkpoint.CheckpointConfig;
import io.zigma.checkpoint.CheckpointFolder;
import io.zigma.diffusion.InterpolantKind;
import io.zigma.diffusion.Prediction;
import io.zigma.io.SafetensorsFile;
import io.zigma.io.SafetensorsWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * An open file of another program with a model's weights under their official names: one of {@code
 * torch.save}, which may describe the model, or safetensors, which does not.
 */
public sealed interface ForeignCheckpoint extends AutoCloseable
        permits TorchCheckpoint, SafetensorsWeights {

    /**
     * Opens a file of either kind, recognised by its first bytes. A model in several safetensors
     * files is opened by its index, or by the folder that the index is in.
     *
     * @param file the file or folder
     * @return the open checkpoint; its tensors are read on demand
     * @throws IOException if the file is missing, damaged, something else, or refers to more than
     *     data
     */
    static ForeignCheckpoint open(Path file) throws IOException {
        if (Files.isDirectory(file)) {
            return SafetensorsWeights.open(ShardIndex.in(file));
        }
        if (ShardIndex.isNamedLikeOne(file)) {
            return SafetensorsWeights.open(file);
        }
        return Files.isRegularFile(file) && SafetensorsFile.isAt(file)
                ? SafetensorsWeights.open(file)
                : TorchCheckpoint.open(file);
    }

    /**
     * Returns the model that the file's own arguments describe.
     *
     * @return its shape, or empty if the file does not contain it
     * @throws IOException if it is a variant that is not supported
     */
    Optional<? extends BackboneSpec> model() throws IOException;

    /**
     * Returns the path between noise and data that the model was trained on.
     *
     * @return the path, or empty if the file does not contain it
     * @throws IOException if there is none of that name
     */
    Optional<InterpolantKind> interpolant() throws IOException;

    /**
     * Returns which quantity the model predicts.
     *
     * @return the prediction, or empty if the file does not contain it
     * @throws IOException if there is none of that name
     */
    Optional<Prediction> prediction() throws IOException;

    /**
     * Returns the name that the official configuration gives the model.
     *
     * @return a name such as {@code zigzagN8_b1_pe2}, or empty if the file does not contain it
     * @throws IOException if the arguments refer to each other in a cycle
     */
    Optional<String> modelName() throws IOException;

    /**
     * Returns the name that the official configuration gives the data.
     *
     * @return a name such as {@code churches256_uncond}, or empty if the file does not contain it
     * @throws IOException if the arguments refer to each other in a cycle
     */
    Optional<String> dataName() throws IOException;

    /**
     * Returns how long the model was trained.
     *
     * @return optimiser steps, or empty if the file does not contain it
     */
    Optional<Long> trainSteps();

    /**
     * Returns what was saved beside the weights and not read, since its libraries or programs are
     * unknown; what is known to be harmless is left out.
     *
     * @return Python's names, module and name with a space between them
     */
    Set<String> passedOver();

    /**
     * Returns the whole description of weights that this program wrote.
     *
     * @return the description, or empty if the weights are another program's or it is missing
     */
    default Optional<CheckpointConfig> described() {
        return Optional.empty();
    }

    /**
     * Returns the shapes of what may be weights, from which an architecture may be recognised.
     *
     * @return for each dictionary of tensors the sides by name, wrappers taken out of the names
     */
    List<Map<String, long[]>> shapes();

    /**
     * Returns what may be weights, wrappers taken out of the names.
     *
     * @return the tensors of each dictionary, in the order of {@link #shapes}
     */
    List<Map<String, ReadableTensor>> states();

    /**
     * Finds a set of weights by the names of the model's parameters.
     *
     * @param which EMA or raw weights; empty for the EMA where there is one
     * @param config the model's shape
     * @return the weights, which are read later
     * @throws IOException if there are none, or several with no choice, or they cannot be
     */
    ModelWeights weights(Optional<TorchWeights> which, BackboneSpec config) throws IOException;

    /**
     * Writes a set of weights as a checkpoint folder, whole or not at all.
     *
     * @param which EMA or raw weights; empty for the EMA where there is one
     * @param config description of the model for the folder
     * @param folder where to; it must not exist, or be empty
     * @return the new checkpoint
     * @throws IOException if the weights are not those of the model, all differences by name with
     *     both shapes; if one is not finite; if the folder is taken, or reading or writing fails;
     *     nothing is left behind then
     */
    default CheckpointFolder convert(
            Optional<TorchWeights> which, CheckpointConfig config, Path folder) throws IOException {
        NewFolder target = NewFolder.of(folder);
        SafetensorsWriter writer = new SafetensorsWriter();
        weights(which, config.model()).addTo(writer);
        try {
            target.fill(staged -> CheckpointFolder.write(staged, config, writer));
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
        return CheckpointFolder.open(folder);
    }

    /** Closes the file; arrays that were read stay valid. */
    @Override
    void close() throws IOException;
}
