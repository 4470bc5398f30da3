package io.zigma.pipeline;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.zigma.base.SampleShape;
import io.zigma.condition.Prompt;
import io.zigma.sampler.Denoiser;
import io.zigma.sampler.Inpainting;
import io.zigma.sampler.Start;
import java.awt.image.BufferedImage;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Continues the videos of a batch window by window, as {@link Extension} describes: the last frames
 * of what is there are known, and the model fills the rest of its length. Frames that are there
 * stay as they are.
 */
final class VideoContinuation {

    private final ResolvedRequest request;
    private final GeneratorModel model;
    private final List<Prompt> prompts; // B
    private final GuidedModel guided;
    private final BatchNoise noise;
    private final BatchProgress progress;
    private final int added;
    private final int length;
    private final int kept;
    private final int windows;

    /**
     * Prepares to go on.
     *
     * @param request what the batch is part of
     * @param extension by how much, and how many frames each window sees of those before
     * @param prompts one a video of the batch
     * @param guided the request's model
     * @param noise that of the first window
     * @param progress called with the steps
     */
    VideoContinuation(
            ResolvedRequest request,
            Extension extension,
            List<Prompt> prompts,
            GuidedModel guided,
            BatchNoise noise,
            BatchProgress progress) {
        this.request = request;
        this.model = request.model();
        this.prompts = prompts;
        this.guided = guided;
        this.noise = noise;
        this.progress = progress;
        this.added = extension.frames();
        this.length = model.sample().frames();
        this.kept = extension.kept(length);
        this.windows = extension.windows(length);
    }

    /**
     * Goes on.
     *
     * @param videos what was made of x
     * @param x the first window (B, F, C, H, W), on the manager of what is sampled
     * @return the videos with the added frames
     */
    List<GeneratedImage> of(List<GeneratedImage> videos, NDArray x) {
        List<List<BufferedImage>> frames =
                videos.stream()
                        .<List<BufferedImage>>map(video -> new ArrayList<>(video.frames()))
                        .toList();
        NDArray before = x;
        for (int window = 1; window <= windows; window++) {
            try (NDManager scope = x.getManager().newSubManager()) {
                NDArray made = sampled(scope, window, before);
                append(frames, model.decoder().frames(made));
                made.attach(x.getManager());
                if (before != x) {
                    before.close();
                }
                before = made;
            }
        }
        return IntStream.range(0, videos.size())
                .mapToObj(i -> new GeneratedImage(frames.get(i), videos.get(i).recipe()))
                .toList();
    }

    /** Samples a window (B, F, C, H, W) whose first frames are the last ones of that before. */
    private NDArray sampled(NDManager scope, int window, NDArray before) {
        SampleShape sample = model.sample();
        BatchNoise own = noise.ofWindow(window);
        NDArray normal = own.start(scope, sample.shape());
        Denoiser denoiser = guided.of(scope, prompts, own.fractions(), Optional.empty());
        Inpainting continued =
                new Inpainting(
                        denoiser, model.process(), lastFrames(scope, before), mask(scope), normal);
        NDArray x =
                request.sampler()
                        .sample(
                                continued,
                                model.process(),
                                Start.from(model.process(), normal),
                                own.steps(),
                                progress.window(window));
        return continued.paste(x);
    }

    /** Appends the new frames of a window, of the last window only as many as are missing. */
    private void append(List<List<BufferedImage>> videos, List<List<BufferedImage>> window) {
        for (int i = 0; i < window.size(); i++) {
            int missing = length + added - videos.get(i).size();
            int last = Math.min(length, kept + missing);
            videos.get(i).addAll(window.get(i).subList(kept, last));
        }
    }

    /** Returns the last frames of videos as the first of others, whose rest is 0 (B, F, …). */
    private NDArray lastFrames(NDManager scope, NDArray videos) {
        Shape shape = videos.getShape();
        float[] from = videos.toFloatArray();
        float[] to = new float[from.length];
        int each = from.length / (int) shape.get(0);
        int frame = each / length;
        for (int clip = 0; clip < from.length; clip += each) {
            System.arraycopy(from, clip + each - kept * frame, to, clip, kept * frame);
        }
        return scope.create(to, shape);
    }

    /** Returns 1 for the frames that are known and 0 for the others (1, F, 1, 1, 1). */
    private NDArray mask(NDManager scope) {
        float[] known = new float[length];
        Arrays.fill(known, 0, kept, 1);
        return scope.create(known, new Shape(1, length, 1, 1, 1));
    }
}
