package io.zigma.backbone.zigma;

import io.zigma.nn.MambaConfig;

/**
 * The terms by which the ZigMa paper compares ways to mix tokens within one layer (Hu et al. 2024,
 * "Computation analysis" in section 3; they go back to Zhu et al. 2024, Vision Mamba, section 3.5).
 *
 * <p>They are orders of growth made comparable, not counts: of a mixer only the work of the state
 * space is in them. {@link ZigMa#operations} counts everything.
 *
 * @param tokens M, tokens of an image
 * @param channels D, channels of a token
 * @param states N, states a channel
 */
public record LayerComplexity(long tokens, long channels, long states) {

    /**
     * Returns the terms' sizes in a model.
     *
     * @param config the shape of a model with Mamba mixers
     * @return M, D and N
     */
    public static LayerComplexity of(ZigMaConfig config) {
        MambaConfig mixer = config.mixer().mamba().orElseThrow();
        return new LayerComplexity(config.grid().tokens(), config.hiddenSize(), mixer.stateSize());
    }

    /**
     * Global self-attention, quadratic in the number of tokens.
     *
     * @return 4MD² + 2M²D
     */
    public long selfAttention() {
        return 4 * tokens * channels * channels + 2 * tokens * tokens * channels;
    }

    /**
     * One scan a layer, as zigzag has it: the published expansion of 2 makes 2D inner channels.
     *
     * @return 3M(2D)N + M(2D)N²
     */
    public long zigzag() {
        long inner = 2 * channels;
        return 3 * tokens * inner * states + tokens * inner * states * states;
    }

    /**
     * Scans in k directions within one layer.
     *
     * @param directions k
     * @return k · (3M(2D)N + M(2D)N²)
     */
    public long parallelScans(int directions) {
        return directions * zigzag();
    }
}
