package io.zigma.pipeline;

import ai.djl.ndarray.NDArray;
import io.zigma.media.ImageGrid;
import io.zigma.sampler.StepListener;
import java.awt.image.BufferedImage;
import java.util.List;

/**
 * Reports the steps of one batch among all, with previews, and those of its inversion before and of
 * its videos' later windows after them.
 */
final class BatchProgress {

    private final ResolvedRequest request;
    private final int first;
    private final int batch;
    private final int batches;
    private boolean begun;

    /**
     * Starts at the first step.
     *
     * @param request what the batch is part of
     * @param first number of its first sample
     * @param batch its number, from 0
     * @param batches how many there are in all
     */
    BatchProgress(ResolvedRequest request, int first, int batch, int batches) {
        this.request = request;
        this.first = first;
        this.batch = batch;
        this.batches = batches;
    }

    /** Returns whether a step was taken. */
    boolean begun() {
        return begun;
    }

    /** Returns what reports the steps from data to noise. */
    StepListener inversion() {
        return step -> report(0, step);
    }

    /** Returns what reports the steps from noise to data. */
    StepListener sampling() {
        return step -> {
            report(request.inverts() ? 1 : 0, step);
            GenerationListener listener = request.listener();
            SampleDecoder decoder = request.model().decoder();
            if (listener.wantsPreviews() && decoder.isThere()) {
                listener.preview(first, step.index(), previews(decoder, step));
            }
        };
    }

    /** Returns what reports the steps of a later window of videos, from 1. */
    StepListener window(int number) {
        return step -> report(number, step);
    }

    private void report(int phase, StepListener.Step step) {
        begun = true;
        int phases = request.phases();
        request.listener()
                .progress(
                        (batch * phases + phase) * step.total() + step.index(),
                        batches * phases * step.total());
    }

    /** One picture a sample; what latents look like is known without decoding for some codecs. */
    private static List<BufferedImage> previews(SampleDecoder decoder, StepListener.Step step) {
        NDArray x = step.x(); // (B, …)
        List<List<BufferedImage>> samples =
                step.index() < step.total()
                        ? decoder.previews(x).orElseGet(() -> decoder.frames(x))
                        : decoder.frames(x);
        return samples.stream()
                .map(frames -> frames.size() == 1 ? frames.get(0) : ImageGrid.of(frames))
                .toList();
    }
}
