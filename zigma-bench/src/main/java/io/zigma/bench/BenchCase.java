package io.zigma.bench;

import io.zigma.backbone.zigma.ZigMaConfig;
import io.zigma.condition.Unconditional;

/**
 * What is measured.
 *
 * @param preset name of the model's size
 * @param model the model
 * @param batch images at once, 1 or more
 */
public record BenchCase(String preset, ZigMaConfig model, int batch) {

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
     * Makes a case of a preset, without classes, texts or stochastic depth.
     *
     * @param preset the model
     * @param tokens tokens of an image, laid out as nearly square as they can be
     * @param batch images at once
     * @return the case
     * @throws IllegalArgumentException if there is no token or no image
     */
    public static BenchCase of(BenchPreset preset, int tokens, int batch) {
        ZigMaConfig model = preset.model();
        return new BenchCase(preset.label(), resized(model, model.depth(), tokens), batch);
    }

    /**
     * Returns the tokens of an image.
     *
     * @return L
     */
    public int tokens() {
        return model.grid().tokens();
    }

    /** Returns the same model on single images of another number of tokens. */
    BenchCase single(int tokens) {
        return new BenchCase(preset, resized(model, model.depth(), tokens), 1);
    }

    /** Returns one layer of the same width on a single image of another number of tokens. */
    BenchCase layer(int tokens) {
        return new BenchCase(preset, resized(model, 1, tokens), 1);
    }

    private static ZigMaConfig resized(ZigMaConfig model, int depth, int tokens) {
        int height = mostSquareHeight(tokens);
        return new ZigMaConfig(
                height * model.patchSize(),
                tokens / height * model.patchSize(),
                model.sample().channels(),
                model.patchSize(),
                model.hiddenSize(),
                depth,
                model.scan(),
                model.mixer(),
                model.positions(),
                model.norm(),
                model.normEpsilon(),
                0,
                new Unconditional());
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
