package io.zigma.model;

import io.zigma.nn.MambaConfig;
import io.zigma.nn.NormKind;
import io.zigma.nn.Patches;
import io.zigma.scan.Grid;
import io.zigma.scan.ScanScheme;

/**
 * Everything that decides the shape of a ZigMa model.
 *
 * @param imageHeight pixels (or latent rows) from top to bottom
 * @param imageWidth pixels (or latent columns) from left to right
 * @param channels image channels C
 * @param patchSize side p of a patch
 * @param hiddenSize channels D of a token
 * @param depth number of blocks
 * @param scan the paths that the layers take turns with
 * @param mixer the inside of the Mamba mixers
 * @param positions the table of token positions
 * @param norm how the residual stream is normalised
 * @param normEpsilon added to its variance, 1e-5 as published
 * @param dropPath stochastic depth's rate at the last layer (Huang et al. 2016), 0 for none
 * @param conditioning what the model is told
 */
public record ZigMaConfig(
        int imageHeight,
        int imageWidth,
        int channels,
        int patchSize,
        int hiddenSize,
        int depth,
        ScanScheme scan,
        MambaConfig mixer,
        Positions positions,
        NormKind norm,
        double normEpsilon,
        double dropPath,
        Conditioning conditioning) {

    /**
     * Checks that the parts fit.
     *
     * @throws IllegalArgumentException with what to change
     */
    public ZigMaConfig {
        require(
                imageHeight > 0 && imageWidth > 0 && channels > 0,
                "an image needs at least one pixel and one channel, not %d×%d×%d",
                imageHeight,
                imageWidth,
                channels);
        require(patchSize > 0, "the patch size is %d, use 1 or more", patchSize);
        require(
                imageHeight % patchSize == 0 && imageWidth % patchSize == 0,
                "image %d×%d is not a whole number of %d-pixel patches; change the image size or the patch size",
                imageHeight,
                imageWidth,
                patchSize);
        require(hiddenSize > 0, "the hidden size is %d, use 1 or more", hiddenSize);
        require(depth > 0, "the depth is %d, use 1 or more", depth);
        require(
                normEpsilon > 0 && Double.isFinite(normEpsilon),
                "the norm's epsilon is %s, use a small positive number such as 1e-5",
                normEpsilon);
        require(
                dropPath >= 0 && dropPath < 1,
                "the drop-path rate is %s, use 0 (none) up to but not 1",
                dropPath);
        require(
                positions != Positions.SINE_COSINE || hiddenSize % 4 == 0,
                "sine-cosine positions need a hidden size that is a multiple of 4, not %d",
                hiddenSize);
    }

    /**
     * Returns how an image is cut.
     *
     * @return the patches of one image
     */
    public Patches patches() {
        return new Patches(channels, imageHeight / patchSize, imageWidth / patchSize, patchSize);
    }

    /**
     * Returns the lattice that the scan walks.
     *
     * @return a grid of one frame
     */
    public Grid grid() {
        return Grid.image(imageHeight / patchSize, imageWidth / patchSize);
    }

    private static void require(boolean holds, String sentence, Object... parts) {
        if (!holds) {
            throw new IllegalArgumentException(sentence.formatted(parts));
        }
    }
}
