package io.zigma.nn;

/**
 * The sizes of the Mamba mixers of a backbone's layers.
 *
 * @param hiddenSize channels D of a token
 * @param config everything else
 */
public record MambaShape(int hiddenSize, MambaConfig config) {

    /**
     * Returns the number of inner channels.
     *
     * @return E = expand · D
     */
    public int innerSize() {
        return config.innerSize(hiddenSize);
    }
}
