package io.zigma.backbone.zigma;

import io.zigma.base.Canvas;
import io.zigma.condition.Conditioning;
import io.zigma.nn.MambaConfig;
import io.zigma.nn.NormKind;
import io.zigma.nn.Patches;
import io.zigma.scan.Factorised;
import io.zigma.scan.Grid;
import io.zigma.scan.ScanScheme;

/**
 * Everything that decides the shape of a ZigMa model.
 *
 * @param canvas the image or video that the model paints
 * @param patchSize side p of a patch
 * @param hiddenSize channels D of a token
 * @param depth number of blocks
 * @param scan the walks that the layers take turns with
 * @param mixer the inside of the Mamba mixers
 * @param positions the table of token positions
 * @param temporalPositions whether a video's frames have a learned vector each besides (official
 *     {@code tpe})
 * @param norm how the residual stream is normalised
 * @param normEpsilon added to its variance, 1e-5 as published
 * @param dropPath stochastic depth's rate at the last layer (Huang et al. 2016), 0 for none
 * @param conditioning what the model is told
 */
public record ZigMaConfig(
        Canvas canvas,
        int patchSize,
        int hiddenSize,
        int depth,
        ScanScheme scan,
        MambaConfig mixer,
        Positions positions,
        boolean temporalPositions,
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
        requireSize("image height", canvas.height(), ModelLimits.IMAGE_SIDE);
        requireSize("image width", canvas.width(), ModelLimits.IMAGE_SIDE);
        requireSize("number of frames", canvas.frames(), ModelLimits.FRAMES);
        requireSize("number of channels", canvas.channels(), ModelLimits.CHANNELS);
        requireSize("patch size", patchSize, ModelLimits.PATCH);
        require(
                canvas.height() % patchSize == 0 && canvas.width() % patchSize == 0,
                "image %d×%d is not a whole number of %d-pixel patches; change the image size or the patch size",
                canvas.height(),
                canvas.width(),
                patchSize);
        require(
                (long) (canvas.height() / patchSize)
                                * (canvas.width() / patchSize)
                                * canvas.frames()
                        <= ModelLimits.TOKENS,
                "image %d×%d in %d-pixel patches has more than %d tokens; use larger patches",
                canvas.height(),
                canvas.width(),
                patchSize,
                ModelLimits.TOKENS);
        requireSize("hidden size", hiddenSize, ModelLimits.SIZE);
        requireSize("depth", depth, ModelLimits.DEPTH);
        requireSize("state size", mixer.stateSize(), ModelLimits.SIZE);
        requireSize("width of the convolution", mixer.convolutionWidth(), ModelLimits.SIZE);
        requireSize("expansion", mixer.expand(), ModelLimits.DEPTH);
        requireSize("rank of the time projection", mixer.timeRank(hiddenSize), ModelLimits.SIZE);
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
        boolean video = canvas instanceof Canvas.Video;
        require(
                video || !temporalPositions,
                "temporal positions tell frames apart, an image has none; leave them out");
        require(
                video || !(scan instanceof Factorised),
                "scan %s walks through the frames of a video; choose another for images",
                scan.spelling());
    }

    /**
     * Describes a model of images.
     *
     * @param imageHeight pixels (or latent rows) from top to bottom
     * @param imageWidth pixels (or latent columns) from left to right
     * @param channels image channels C
     * @param patchSize side p of a patch
     * @param hiddenSize channels D of a token
     * @param depth number of blocks
     * @param scan the walks that the layers take turns with
     * @param mixer the inside of the Mamba mixers
     * @param positions the table of token positions
     * @param norm how the residual stream is normalised
     * @param normEpsilon added to its variance, 1e-5 as published
     * @param dropPath stochastic depth's rate at the last layer, 0 for none
     * @param conditioning what the model is told
     * @throws IllegalArgumentException with what to change
     */
    public ZigMaConfig(
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
        this(
                new Canvas.Image(channels, imageHeight, imageWidth),
                patchSize,
                hiddenSize,
                depth,
                scan,
                mixer,
                positions,
                false,
                norm,
                normEpsilon,
                dropPath,
                conditioning);
    }

    /**
     * Returns the canvas's rows.
     *
     * @return pixels (or latent rows) from top to bottom
     */
    public int imageHeight() {
        return canvas.height();
    }

    /**
     * Returns the canvas's columns.
     *
     * @return pixels (or latent columns) from left to right
     */
    public int imageWidth() {
        return canvas.width();
    }

    /**
     * Returns the canvas's channels.
     *
     * @return C
     */
    public int channels() {
        return canvas.channels();
    }

    /**
     * Returns how an image or a video is cut.
     *
     * @return its patches
     */
    public Patches patches() {
        Grid grid = grid();
        return new Patches(
                grid.frames(), canvas.channels(), grid.height(), grid.width(), patchSize);
    }

    /**
     * Returns the lattice that the scan walks.
     *
     * @return a grid of as many frames as the canvas has
     */
    public Grid grid() {
        return new Grid(canvas.frames(), canvas.height() / patchSize, canvas.width() / patchSize);
    }

    /**
     * Returns the same with another conditioning.
     *
     * @param changed what the model is told beside image and time
     * @return a changed copy
     */
    public ZigMaConfig withConditioning(Conditioning changed) {
        return new ZigMaConfig(
                canvas,
                patchSize,
                hiddenSize,
                depth,
                scan,
                mixer,
                positions,
                temporalPositions,
                norm,
                normEpsilon,
                dropPath,
                changed);
    }

    /**
     * Returns the same with a learned vector for each frame of a video.
     *
     * @return a changed copy
     * @throws IllegalArgumentException if the model is one of images
     */
    public ZigMaConfig withTemporalPositions() {
        return new ZigMaConfig(
                canvas,
                patchSize,
                hiddenSize,
                depth,
                scan,
                mixer,
                positions,
                true,
                norm,
                normEpsilon,
                dropPath,
                conditioning);
    }

    private static void requireSize(String what, int size, int largest) {
        require(size >= 1 && size <= largest, "the %s is %d, use 1 to %d", what, size, largest);
    }

    private static void require(boolean holds, String sentence, Object... parts) {
        if (!holds) {
            throw new IllegalArgumentException(sentence.formatted(parts));
        }
    }
}
