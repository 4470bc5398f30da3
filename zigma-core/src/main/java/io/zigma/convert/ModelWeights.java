package io.zigma.convert;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.zigma.backbone.BackboneSpec;
import io.zigma.io.CheckpointException;
import io.zigma.io.SafetensorsWriter;
import java.io.IOException;
import java.util.Map;

/** The set of weights that was chosen in a file, before it is read. */
public final class ModelWeights {

    private final ForeignWeights<?> weights;
    private final BackboneSpec config;

    private ModelWeights(ForeignWeights<?> weights, BackboneSpec config) {
        this.weights = weights;
        this.config = config;
    }

    static ModelWeights of(ForeignWeights<?> weights, BackboneSpec config) {
        return new ModelWeights(weights, config);
    }

    /**
     * Returns whether these are EMA weights, by their name in the file.
     *
     * @return true for EMA weights
     */
    public boolean isEma() {
        return weights.set().average();
    }

    /**
     * Returns where in the file they are.
     *
     * @return such as {@code ema} or {@code state_dict.model.*}; empty if the file contains nothing
     *     else
     */
    public String place() {
        return weights.set().place();
    }

    /**
     * Reads them, after checking by name and shape that they are those of the model.
     *
     * @param manager owns the arrays
     * @return all parameters of the model by official name, float32, in the model's order
     * @throws CheckpointException if a tensor is missing, surplus or of another shape, where the
     *     message lists all that differ with both shapes; or if an element is not finite
     * @throws IOException if a tensor cannot be read
     */
    public Map<String, NDArray> read(NDManager manager) throws IOException {
        return weights.read(config.create(0).namedParameters(), manager);
    }

    /** Adds them to a file, as {@link ForeignWeights#addTo} does. */
    void addTo(SafetensorsWriter writer) throws CheckpointException {
        weights.addTo(writer, config.create(0).namedParameters());
    }
}
