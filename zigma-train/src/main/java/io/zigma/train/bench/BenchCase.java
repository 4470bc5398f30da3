package io.zigma.train.bench;

import io.zigma.model.Conditioning;
import io.zigma.model.Positions;
import io.zigma.model.ZigMaConfig;
import io.zigma.nn.MambaConfig;
import io.zigma.nn.NormKind;
import io.zigma.scan.Zigzag;

/**
 * What is measured.
 *
 * @param preset name of the model's size
 * @param model the model
 * @param batch images at once, 1 or more
 */
public record BenchCase(String preset, ZigMaConfig model, int batch) {

    /** Channels of an image, as those of the usual autoencoders' latents. */
    private static final int CHANNELS = 4;

    /**
     * Checks the batch.
     *
     * @throws IllegalArgumentException if it is empty
     */
    public BenchCase {
        if (batch < 1) {
            throw new IllegalArgumentException("a batch needs 1 image or more, not " + batch);
        }
    }

    /**
     * Makes a case of an unconditional model of the published kind.
     *
     * @param preset the model's size
     * @param tokens tokens of an image
     * @param batch images at once
     * @return the case
     * @throws IllegalArgumentException if there is no token or no image
     */
    public static BenchCase of(BenchPreset preset, int tokens, int batch) {
        return new BenchCase(
                preset.label(),
                model(preset.hiddenSize(), preset.depth(), preset.patchSize(), tokens),
                batch);
    }

    /**
     * Returns the tokens of an image.
     *
     * @return L
     */
    public int tokens() {
        return model.grid().tokens();
    }

    /** Returns the same model on images of another number of tokens. */
    BenchCase withTokens(int tokens) {
        return new BenchCase(
                preset, model(model.hiddenSize(), model.depth(), model.patchSize(), tokens), batch);
    }

    /** Returns one layer of the same width on a single image of another number of tokens. */
    BenchCase layer(int tokens) {
        return new BenchCase(preset, model(model.hiddenSize(), 1, model.patchSize(), tokens), 1);
    }

    private static ZigMaConfig model(int hiddenSize, int depth, int patchSize, int tokens) {
        int height = mostSquareHeight(tokens);
        return new ZigMaConfig(
                height * patchSize,
                tokens / height * patchSize,
                CHANNELS,
                patchSize,
                hiddenSize,
                depth,
                new Zigzag(8),
                MambaConfig.PUBLISHED,
                Positions.NONE,
                NormKind.RMS,
                1e-5,
                0,
                new Conditioning.Unconditional());
    }

    /** The largest divisor that is no larger than the root. */
    private static int mostSquareHeight(int tokens) {
        if (tokens < 1) {
            throw new IllegalArgumentException("an image needs 1 token or more, not " + tokens);
        }
        int height = (int) Math.sqrt(tokens);
        while (tokens % height != 0) {
            height--;
        }
        return height;
    }
}
