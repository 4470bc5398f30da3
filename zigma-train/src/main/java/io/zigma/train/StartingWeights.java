package io.zigma.train;

import ai.djl.ndarray.NDArray;
import io.zigma.checkpoint.CheckpointConfig;
import io.zigma.condition.ClassNames;
import io.zigma.condition.Conditioning;
import io.zigma.train.optim.NamedArrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The weights of a checkpoint for a run on other data: all of them, but that a class starts from
 * the checkpoint's class of the same name, see {@link ClassNames#matches}. Classes that it had not
 * start from random vectors.
 */
final class StartingWeights {

    /** One row a class, and one more for the null class. */
    private static final String LABEL_TABLE = "y_embedder.embedding_table.weight";

    private final CheckpointConfig from;
    private final Map<String, NDArray> weights;

    /**
     * Takes a checkpoint's weights.
     *
     * @param from what the checkpoint is
     * @param weights its weights by name, which stay the caller's
     */
    StartingWeights(CheckpointConfig from, Map<String, NDArray> weights) {
        this.from = from;
        this.weights = weights;
    }

    /**
     * Overwrites random weights.
     *
     * @param initial the new model's weights by name; one that the checkpoint has not is left as it
     *     is if it is the label table
     * @param conditioning what the new model is conditioned on
     * @param labels the new model's classes
     * @return every weight by name: the checkpoint's arrays, and the random one where it has none
     */
    Map<String, NDArray> over(
            Map<String, NDArray> initial, Conditioning conditioning, List<String> labels) {
        Map<String, NDArray> starting = new LinkedHashMap<>(weights);
        starting.remove(LABEL_TABLE);
        NDArray table = initial.get(LABEL_TABLE);
        if (table != null) {
            copyKnownClasses(table, conditioning, labels);
            starting.put(LABEL_TABLE, table);
        }
        return starting;
    }

    private void copyKnownClasses(NDArray table, Conditioning conditioning, List<String> labels) {
        NDArray known = weights.get(LABEL_TABLE); // (rows, D)
        if (known == null) {
            return;
        }
        float[] source = known.toFloatArray();
        float[] target = table.toFloatArray();
        int size = Math.toIntExact(table.getShape().get(1));
        int[] same = ClassNames.matches(labels, from.labels());
        for (int row = 0; row < same.length; row++) {
            if (same[row] >= 0) {
                System.arraycopy(source, same[row] * size, target, row * size, size);
            }
        }
        Optional<Integer> nullBefore = nullRow(from.model().conditioning());
        Optional<Integer> nullNow = nullRow(conditioning);
        if (nullBefore.isPresent() && nullNow.isPresent()) {
            System.arraycopy(source, nullBefore.get() * size, target, nullNow.get() * size, size);
        }
        try (NDArray copy = table.getManager().create(target, table.getShape())) {
            NamedArrays.copyAll("weight", Map.of(LABEL_TABLE, copy), Map.of(LABEL_TABLE, table));
        }
    }

    private static Optional<Integer> nullRow(Conditioning conditioning) {
        return conditioning.classes() > 0 && conditioning.guidable()
                ? Optional.of(conditioning.classes())
                : Optional.empty();
    }
}
