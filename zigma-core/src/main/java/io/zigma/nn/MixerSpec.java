package io.zigma.nn;

import ai.djl.ndarray.types.Shape;
import io.zigma.scan.Grid;
import io.zigma.scan.LayerScan;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;

/**
 * How a layer mixes its tokens: the choice of what stands where ZigMa's block has its Mamba mixer.
 * Two equal ones hold the same weights.
 */
public interface MixerSpec {

    /**
     * Returns the name in {@code config.json} and on the command line.
     *
     * @return in lower case
     */
    String name();

    /**
     * Returns the values of what users choose.
     *
     * @return by the names of the mixer's settings, in canonical spelling
     */
    Map<String, String> settings();

    /**
     * Checks that the mixer fits a model.
     *
     * @param hiddenSize channels D of a token
     * @param grid the tokens
     * @throws IllegalArgumentException if it does not; the message says what to change
     */
    void check(int hiddenSize, Grid grid);

    /**
     * Makes the mixer of one layer.
     *
     * @param hiddenSize channels D of a token
     * @param grid the tokens
     * @param scan what the model's scan scheme gives this layer
     * @return a block from (B, L, D) to (B, L, D), in raster order
     */
    UnaryBlock create(int hiddenSize, Grid grid, LayerScan scan);

    /**
     * Returns what a layer scans, for drawing its paths.
     *
     * @param grid the tokens
     * @param scan what the model's scan scheme gives the layer
     * @return the same, the mixer's own paths, or empty for one that scans nothing
     */
    default Optional<LayerScan> scan(Grid grid, LayerScan scan) {
        return Optional.empty();
    }

    /**
     * Returns whether the model's scan scheme has any influence.
     *
     * @return false for a mixer with paths of its own, or without any
     */
    default boolean followsScan() {
        return false;
    }

    /**
     * Returns the sizes, if this is Mamba's mixer.
     *
     * @return empty for another
     */
    default Optional<MambaConfig> mamba() {
        return Optional.empty();
    }

    /**
     * Says what a parameter starts from, where the backbone's rules do not.
     *
     * @param name its official name within the mixer
     * @param shape its shape
     * @param random its random stream
     * @return as many values as the shape has, or empty to leave it to the backbone
     */
    default Optional<float[]> initial(String name, Shape shape, SplittableRandom random) {
        return Optional.empty();
    }
}
