package io.zigma.zoo;

import ai.djl.Model;
import ai.djl.nn.Block;
import ai.djl.nn.BlockFactory;
import io.zigma.checkpoint.CheckpointFolder;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;

/**
 * Builds the model that a checkpoint folder describes, with its weights in it. DJL calls it where a
 * model's {@code blockFactory} names it, as every checkpoint's {@code serving.properties} does.
 */
public final class CheckpointBlockFactory implements BlockFactory {

    private static final long serialVersionUID = 1L;

    /** Name of the model's property with the hash of its weights. */
    static final String WEIGHTS_HASH = "weights_sha256";

    /** Creates the factory; DJL does. */
    public CheckpointBlockFactory() {}

    /**
     * Loads a checkpoint.
     *
     * @param model owns the parameters from now on
     * @param modelPath the checkpoint's folder
     * @param arguments not used: the folder contains everything
     * @return the block, all its parameters initialised
     * @throws IOException if the folder is no checkpoint, or damaged
     */
    @Override
    public Block newBlock(Model model, Path modelPath, Map<String, ?> arguments)
            throws IOException {
        LoadedArtifact.found();
        CheckpointFolder checkpoint = CheckpointFolder.open(modelPath);
        model.setProperty(WEIGHTS_HASH, checkpoint.weightsHash());
        return checkpoint.loadModel(model.getNDManager());
    }
}
