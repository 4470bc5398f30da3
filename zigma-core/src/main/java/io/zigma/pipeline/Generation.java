package io.zigma.pipeline;

import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.zigma.condition.InvalidRequestException;
import io.zigma.op.MemoryExhaustion;
import java.util.ArrayList;
import java.util.List;

/** Fulfils a request batch by batch, with smaller batches where memory does not suffice. */
final class Generation {

    private final ResolvedRequest request;
    private final GenerationListener listener;

    Generation(ResolvedRequest request) {
        this.request = request;
        this.listener = request.listener();
    }

    /** Returns one result a prompt, in order; each batch is reported when it is finished. */
    List<GeneratedImage> run() {
        return request.editing()
                .filter(PictureEditing::changesNothing)
                .map(this::unchanged)
                .orElseGet(this::sampled);
    }

    private List<GeneratedImage> sampled() {
        int count = request.count();
        int atOnce = request.sampler().adaptive() ? 1 : request.batchSize();
        List<GeneratedImage> images = new ArrayList<>(count);
        for (int batch = 0; images.size() < count; ) {
            int first = images.size();
            int last = Math.min(first + atOnce, count);
            int batches = batch + (count - first + atOnce - 1) / atOnce;
            BatchProgress progress = new BatchProgress(request, first, batch, batches);
            List<GeneratedImage> done;
            try {
                done = new BatchSampling(request, first, last, progress).run();
            } catch (EngineException | OutOfMemoryError e) {
                // fewer at once take less memory and give the same pictures
                if (last - first == 1 || progress.begun() || !MemoryExhaustion.caused(e)) {
                    throw e;
                }
                atOnce = (last - first) / 2;
                continue;
            }
            batch++;
            images.addAll(done);
            listener.finished(first, done);
        }
        return images;
    }

    /** Gives the picture back that was to be changed by nothing. */
    private List<GeneratedImage> unchanged(PictureEditing editing) {
        if (listener.wantsAttention()) {
            throw new InvalidRequestException(
                    "the picture comes back as it is, so the model attends to nothing; give more strength, or a mask with white in it");
        }
        List<GeneratedImage> images;
        try (NDManager scope = request.model().manager().newSubManager()) {
            NDArray x = editing.data(scope, request.count()); // (B, C, H, W)
            images = new FinishedSamples(request).of(0, x);
        }
        if (listener.wantsPreviews() && !request.latents()) {
            listener.preview(0, 1, images.stream().map(GeneratedImage::picture).toList());
        }
        listener.finished(0, images);
        return images;
    }
}
