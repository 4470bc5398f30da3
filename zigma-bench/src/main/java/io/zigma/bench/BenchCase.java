package io.zigma.bench;

import io.zigma.backbone.BackboneSpec;
import io.zigma.backbone.Signature;
import io.zigma.base.SampleShape;
import io.zigma.condition.Conditioning;
import java.util.Map;

/**
 * What is measured.
 *
 * @param preset name of the model's size
 * @param model the model
 * @param batch images at once, 1 or more
 */
public record BenchCase(String preset, BackboneSpec model, int batch) {

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
     * Makes a case of a preset, without classes or texts.
     *
     * @param preset the model
     * @param tokens tokens of an image, laid out as nearly square as they can be
     * @param batch images at once
     * @return the case
     * @throws IllegalArgumentException if there is no token or no image, or the model's images
     *     cannot have so many
     */
    public static BenchCase of(BenchPreset preset, int tokens, int batch) {
        return new BenchCase(preset.label(), resized(preset.model(), tokens), batch);
    }

    /**
     * Returns the tokens of an image.
     *
     * @return L, 0 of a backbone without tokens
     */
    public int tokens() {
        return model.tokens();
    }

    /** Returns the same model on single images of another number of tokens. */
    BenchCase single(int tokens) {
        return new BenchCase(preset, resized(model, tokens), 1);
    }

    /** Returns one layer of the same width on a single image of another number of tokens. */
    BenchCase layer(int tokens) {
        BackboneSpec resized = resized(model, tokens);
        return new BenchCase(
                preset,
                resized.kind().change(resized, resized.signature(), Map.of("depth", "1")),
                1);
    }

    private static BackboneSpec resized(BackboneSpec model, int tokens) {
        SampleShape sample = model.sample();
        if (model.tokens() == 0) {
            return model.with(model.signature().withConditioning(Conditioning.none()));
        }
        int height = mostSquareHeight(tokens);
        int patch =
                (int)
                        Math.round(
                                Math.sqrt(
                                        (double) sample.height()
                                                * sample.width()
                                                / model.tokens()));
        Signature signature = model.signature();
        return model.with(
                new Signature(
                        SampleShape.image(
                                sample.channels(), height * patch, tokens / height * patch),
                        signature.outputChannels(),
                        Conditioning.none(),
                        signature.timeScale()));
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
