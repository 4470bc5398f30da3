package io.zigma.pipeline;

import ai.djl.ndarray.NDArray;
import io.zigma.base.SampleShape;
import java.awt.image.BufferedImage;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/** Makes results of the finished samples of a request: decoded or not, each with its recipe. */
final class FinishedSamples {

    private final ResolvedRequest request;
    private final RecipeWriting recipes;

    FinishedSamples(ResolvedRequest request) {
        this.request = request;
        this.recipes = new RecipeWriting(request);
    }

    /**
     * Returns results of the kind that the request wants.
     *
     * @param first number of the first sample
     * @param x samples (B, …)
     */
    List<GeneratedImage> of(int first, NDArray x) {
        return request.latents() ? latents(first, x) : pictures(first, x);
    }

    /**
     * Decodes samples; what an edit leaves alone is as it was, byte for byte.
     *
     * @param first number of the first sample
     * @param x samples (B, …)
     */
    List<GeneratedImage> pictures(int first, NDArray x) {
        List<List<BufferedImage>> frames = request.model().decoder().frames(x);
        request.editing().ifPresent(editing -> frames.forEach(own -> editing.paste(own.get(0))));
        return IntStream.range(0, frames.size())
                .mapToObj(i -> new GeneratedImage(frames.get(i), recipes.of(first + i)))
                .toList();
    }

    /**
     * Returns samples as they are.
     *
     * @param first number of the first sample
     * @param x samples (B, …)
     */
    List<GeneratedImage> latents(int first, NDArray x) {
        SampleShape shape = request.model().sample();
        float[] values = x.toFloatArray();
        return IntStream.range(0, values.length / shape.size())
                .mapToObj(
                        i ->
                                new GeneratedImage(
                                        List.of(),
                                        recipes.of(first + i),
                                        Optional.of(latent(values, i, shape))))
                .toList();
    }

    private static Latent latent(float[] values, int index, SampleShape shape) {
        int size = shape.size();
        return new Latent(shape, Arrays.copyOfRange(values, index * size, (index + 1) * size));
    }
}
