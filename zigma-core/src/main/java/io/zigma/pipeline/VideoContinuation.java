package io.zigma.pipeline;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.zigma.base.SampleShape;
import io.zigma.condition.Prompt;
import io.zigma.sampler.Denoiser;
import io.zigma.sampler.Inpainting;
import io.zigma.sampler.Start;
import io.zigma.sampler.StepListener;
import java.awt.image.BufferedImage;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.IntFunction;
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
        extend(frames, x, Optional.empty(), progress::window);
        return IntStream.range(0, videos.size())
                .mapToObj(i -> new GeneratedImage(frames.get(i), videos.get(i).recipe()))
                .toList();
    }

    /**
     * Goes on from a clip, which takes the place of the first window.
     *
     * @param clip whose frames come first, as they are
     * @param first number of the batch's first sample
     * @param scope the manager of what is sampled
     * @param attention records that of the first window
     * @return one video a prompt, with its recipe
     */
    List<GeneratedImage> of(
            ContinuedClip clip, int first, NDManager scope, Optional<AttentionRecorder> attention) {
        List<BufferedImage> given = clip.pictures();
        List<List<BufferedImage>> frames =
                prompts.stream()
                        .<List<BufferedImage>>map(prompt -> new ArrayList<>(given))
                        .toList();
        NDArray before =
                clip.last(scope, model.decoder().codec(), model.sample(), prompts.size(), kept);
        extend(
                frames,
                before,
                attention,
                window -> window == 1 ? progress.sampling() : progress.window(window - 1));
        RecipeWriting recipes = new RecipeWriting(request);
        return IntStream.range(0, frames.size())
                .mapToObj(i -> new GeneratedImage(frames.get(i), recipes.of(first + i)))
                .toList();
    }

    /**
     * Adds frames to videos.
     *
     * @param frames those of each video
     * @param there the last of them (B, frames, C, H, W), on the manager of what is sampled
     * @param attention records that of the first window
     * @param steps what reports the steps of each window, from 1
     */
    private void extend(
            List<List<BufferedImage>> frames,
            NDArray there,
            Optional<AttentionRecorder> attention,
            IntFunction<StepListener> steps) {
        int wanted = frames.get(0).size() + added;
        NDArray before = there;
        for (int window = 1; window <= windows; window++) {
            try (NDManager scope = there.getManager().newSubManager()) {
                NDArray made =
                        sampled(
                                scope,
                                window,
                                before,
                                window == 1 ? attention : Optional.empty(),
                                steps.apply(window));
                append(frames, wanted, model.decoder().frames(made));
                made.attach(there.getManager());
                if (before != there) {
                    before.close();
                }
                before = made;
            }
        }
    }

    /** Samples a window (B, F, C, H, W) whose first frames are the last ones of that before. */
    private NDArray sampled(
            NDManager scope,
            int window,
            NDArray before,
            Optional<AttentionRecorder> attention,
            StepListener steps) {
        SampleShape sample = model.sample();
        BatchNoise own = noise.ofWindow(window);
        NDArray normal = own.start(scope, sample.shape());
        Denoiser denoiser = guided.of(scope, prompts, own.fractions(), attention);
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
                                steps);
        return continued.paste(x);
    }

    /** Appends the new frames of a window, of the last window only as many as are missing. */
    private void append(
            List<List<BufferedImage>> videos, int wanted, List<List<BufferedImage>> window) {
        for (int i = 0; i < window.size(); i++) {
            int missing = wanted - videos.get(i).size();
            int last = Math.min(length, kept + missing);
            videos.get(i).addAll(window.get(i).subList(kept, last));
        }
    }

    /**
     * Returns the last frames of videos as the first of others of the model's length, whose rest is
     * 0 (B, F, …).
     */
    private NDArray lastFrames(NDManager scope, NDArray videos) {
        SampleShape sample = model.sample();
        int count = prompts.size();
        float[] from = videos.toFloatArray();
        float[] to = new float[count * sample.size()];
        int each = from.length / count;
        int known = sample.size() / length * kept;
        for (int i = 0; i < count; i++) {
            System.arraycopy(from, (i + 1) * each - known, to, i * sample.size(), known);
        }
        return scope.create(to, sample.batch(count));
    }

    /** Returns 1 for the frames that are known and 0 for the others (1, F, 1, 1, 1). */
    private NDArray mask(NDManager scope) {
        float[] known = new float[length];
        Arrays.fill(known, 0, kept, 1);
        return scope.create(known, new Shape(1, length, 1, 1, 1));
    }
}
