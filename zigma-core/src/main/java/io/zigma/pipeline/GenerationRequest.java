package io.zigma.pipeline;

import io.zigma.condition.InvalidRequestException;
import io.zigma.condition.Prompt;
import io.zigma.diffusion.GuidanceStrength;
import io.zigma.sampler.Sampler;
import io.zigma.sampler.Samplers;
import java.security.SecureRandom;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What to generate. Start from {@link #ofText}, {@link #of(String)}, {@link #of(int)} or {@link
 * #any} and change parts: {@code GenerationRequest.ofText("a blue crab").withCount(4).withSeed(7)}.
 * The checkpoint gives the defaults.
 *
 * @param prompts the prompt of each picture; image i has the seed {@code seed + i}
 * @param seed the first image's seed
 * @param sampler how to solve from noise to data
 * @param guidance scale and interval of the guidance
 * @param size the size that the pictures must have, or null for the model's; a model has one size,
 *     and refuses another
 * @param latents true for the model's samples without decoding to pictures
 * @param batchSize how many images are computed at once; it changes speed and memory, not the
 *     pictures
 * @param listener called with the progress, on the thread that generates; it cancels by throwing
 * @param noise which noise each picture starts from, by default that of its own seed
 * @param edit the picture that pictures are made from; null to make them from noise alone
 * @param extension how videos are continued beyond the model's length; null for that length
 */
public record GenerationRequest(
        List<Prompt> prompts,
        long seed,
        SamplerChoice sampler,
        GuidanceChoice guidance,
        @Nullable PictureSize size,
        boolean latents,
        int batchSize,
        GenerationListener listener,
        NoiseChoice noise,
        @Nullable Edit edit,
        @Nullable Extension extension) {

    /** Means no class where classes are numbers; see {@link Prompt#any}. */
    public static final int ANY = -1;

    /** Means a random seed where users or clients give one; see {@link #seedOf}. */
    public static final long RANDOM_SEED = -1;

    private static final int BATCH = 16;

    static {
        // DJL is about to be used, maybe for the first time and on any thread
        DjlServices.tryToRegister();
    }

    /**
     * Checks the numbers.
     *
     * @throws InvalidRequestException if there is no image, or a number is out of range
     */
    public GenerationRequest {
        prompts = List.copyOf(prompts);
        if (prompts.isEmpty()) {
            throw new InvalidRequestException("request at least one image");
        }
        if (batchSize < 1) {
            throw new InvalidRequestException(
                    "the batch size is %s, use 1 or more".formatted(batchSize));
        }
        if (edit != null && edit.shown() != null && movesNoise(noise)) {
            throw new InvalidRequestException(
                    "an inversion finds the noise of a picture; it goes with no other noise");
        }
        if (noise instanceof NoiseChoice.GivenSeeds given
                && given.each().size() != prompts.size()) {
            throw new InvalidRequestException(
                    "there are %s seeds for %s pictures; give one for each"
                            .formatted(given.each().size(), prompts.size()));
        }
    }

    /**
     * Requests pictures from noise, each from that of its own seed.
     *
     * @param prompts the prompt of each picture
     * @param seed the first image's seed
     * @param sampler how to solve from noise to data
     * @param guidance scale and interval of the guidance
     * @param size the size that the pictures must have, or null for the model's
     * @param latents true for the model's samples without decoding to pictures
     * @param batchSize how many images are computed at once
     * @param listener called with the progress, on the thread that generates
     * @throws InvalidRequestException if there is no image, or a number is out of range
     */
    public GenerationRequest(
            List<Prompt> prompts,
            long seed,
            SamplerChoice sampler,
            GuidanceChoice guidance,
            @Nullable PictureSize size,
            boolean latents,
            int batchSize,
            GenerationListener listener) {
        this(
                prompts,
                seed,
                sampler,
                guidance,
                size,
                latents,
                batchSize,
                listener,
                NoiseChoice.OWN_SEEDS,
                null,
                null);
    }

    /**
     * Requests images of numbered classes with every setting given.
     *
     * @param labels one class number an image, or {@link #ANY}
     * @param seed the first image's seed
     * @param sampler how to solve from noise to data
     * @param guidance scale and interval of the guidance
     * @param batchSize how many images are computed at once
     * @throws InvalidRequestException if there is no image, or a number is out of range
     */
    public GenerationRequest(
            List<Integer> labels,
            long seed,
            Sampler sampler,
            GuidanceStrength guidance,
            int batchSize) {
        this(
                labels.stream().map(Prompt::ofLabel).toList(),
                seed,
                new SamplerChoice.Given(sampler),
                GuidanceChoice.of(guidance),
                null,
                false,
                batchSize,
                GenerationListener.NONE);
    }

    /**
     * Requests several images of one class.
     *
     * @param label the class, or {@link #ANY}
     * @param count how many
     * @param seed the first image's seed
     * @param sampler how to solve from noise to data
     * @param guidanceScale 1 for no guidance; the interval is the checkpoint's
     * @return the request
     * @throws InvalidRequestException if there is no image, or a number is out of range
     */
    public static GenerationRequest of(
            int label, int count, long seed, Sampler sampler, double guidanceScale) {
        return new GenerationRequest(
                Collections.nCopies(count, Prompt.ofLabel(label)),
                seed,
                new SamplerChoice.Given(sampler),
                GuidanceChoice.RECOMMENDED.withScale(guidanceScale),
                null,
                false,
                BATCH,
                GenerationListener.NONE);
    }

    /**
     * Requests one image of a class, with a random seed and the checkpoint's defaults.
     *
     * @param className the class as the checkpoint spells it, but for case, spaces, hyphens and
     *     underscores
     * @return a request to change parts of
     */
    public static GenerationRequest of(String className) {
        return of(Prompt.ofClass(className));
    }

    /**
     * Requests one image of a class, with a random seed and the checkpoint's defaults.
     *
     * @param classNumber 0 … classes − 1, or {@link #ANY}
     * @return a request to change parts of
     * @throws InvalidRequestException if the number is none
     */
    public static GenerationRequest of(int classNumber) {
        return of(Prompt.ofLabel(classNumber));
    }

    /**
     * Requests one image of a prompt, with a random seed and the checkpoint's defaults.
     *
     * @param text the prompt
     * @return a request to change parts of
     */
    public static GenerationRequest ofText(String text) {
        return of(Prompt.ofText(text));
    }

    /**
     * Requests one image of each of several prompts.
     *
     * @param texts the prompts, at least one
     * @return a request to change parts of
     * @throws InvalidRequestException if there is none
     */
    public static GenerationRequest ofTexts(List<String> texts) {
        return any().withPrompts(texts.stream().map(Prompt::ofText).toList());
    }

    /**
     * Requests one unconditional image, with a random seed and the checkpoint's defaults.
     *
     * @return a request to change parts of
     */
    public static GenerationRequest any() {
        return of(Prompt.any());
    }

    private static GenerationRequest of(Prompt subject) {
        return new GenerationRequest(
                List.of(subject),
                randomSeed(),
                SamplerChoice.RECOMMENDED,
                GuidanceChoice.RECOMMENDED,
                null,
                false,
                BATCH,
                GenerationListener.NONE);
    }

    /** Returns whether noise other than that of the request's seeds is wanted. */
    private static boolean movesNoise(NoiseChoice noise) {
        return noise instanceof NoiseChoice.Variations
                || noise instanceof NoiseChoice.Interpolation between && between.seed() != null;
    }

    /**
     * Interprets a seed from a user or a client, where −1 means a random one as in other image
     * generators.
     *
     * @param written any number
     * @return the same; a {@linkplain #randomSeed() random one} for {@value #RANDOM_SEED}
     */
    public static long seedOf(long written) {
        return written == RANDOM_SEED ? randomSeed() : written;
    }

    /**
     * Returns an unpredictable seed that is short enough to read out.
     *
     * @return 0 … 2³¹ − 2
     */
    public static long randomSeed() {
        return new SecureRandom().nextInt(Integer.MAX_VALUE);
    }

    /**
     * Returns the same with other prompts.
     *
     * @param changed the prompt of each picture, at least one
     * @return a changed copy
     */
    public GenerationRequest withPrompts(List<Prompt> changed) {
        return new GenerationRequest(
                changed, seed, sampler, guidance, size, latents, batchSize, listener, noise, edit,
                extension);
    }

    /**
     * Returns the same with what guidance steers away from, in place of the empty text.
     *
     * @param text the negative prompt
     * @return a changed copy
     * @throws InvalidRequestException if a prompt is no text in words
     */
    public GenerationRequest withNegativeText(String text) {
        return withPrompts(prompts.stream().map(prompt -> prompt.withNegativeText(text)).toList());
    }

    /**
     * Returns the same with several images of each prompt, those of one prompt after each other.
     *
     * @param count how many of each, at least 1
     * @return a changed copy
     * @throws InvalidRequestException if it is less
     */
    public GenerationRequest withEach(int count) {
        return withPrompts(
                prompts.stream()
                        .flatMap(prompt -> Stream.generate(() -> prompt).limit(Math.max(0, count)))
                        .toList());
    }

    /**
     * Returns the same for another number of images; several prompts are used cyclically.
     *
     * @param count at least 1
     * @return a changed copy
     * @throws InvalidRequestException if the count is less
     */
    public GenerationRequest withCount(int count) {
        return withPrompts(
                IntStream.range(0, count)
                        .mapToObj(image -> prompts.get(image % prompts.size()))
                        .toList());
    }

    /**
     * Returns the same with another seed.
     *
     * @param changed the first image's seed, as it is; see {@link #seedOf} for −1
     * @return a changed copy
     */
    public GenerationRequest withSeed(long changed) {
        return new GenerationRequest(
                prompts, changed, sampler, guidance, size, latents, batchSize, listener, noise,
                edit, extension);
    }

    /**
     * Returns the same with another sampler.
     *
     * @param changed how to solve from noise to data
     * @return a changed copy
     */
    public GenerationRequest withSampler(SamplerChoice changed) {
        return new GenerationRequest(
                prompts, seed, changed, guidance, size, latents, batchSize, listener, noise, edit,
                extension);
    }

    /**
     * Returns the same with a sampler and a number of steps.
     *
     * @param name one of {@link Samplers#KINDS}
     * @param steps at least 1
     * @return a changed copy
     * @throws InvalidRequestException if there is no such sampler or the steps are too few for it
     */
    public GenerationRequest withSampler(String name, int steps) {
        return withSampler(new SamplerChoice.Named(name, steps));
    }

    /**
     * Returns the same with another number of steps of the checkpoint's sampler.
     *
     * @param steps at least 1
     * @return a changed copy
     * @throws InvalidRequestException if they are fewer
     */
    public GenerationRequest withSteps(int steps) {
        return withSampler(new SamplerChoice.Named(null, steps));
    }

    /**
     * Returns the same with another guidance scale, over the same interval of times.
     *
     * @param scale 0 … 100, 1 for no guidance
     * @return a changed copy
     * @throws InvalidRequestException if it is beyond
     */
    public GenerationRequest withGuidanceScale(double scale) {
        return withGuidance(guidance.withScale(scale));
    }

    /**
     * Returns the same with another guidance.
     *
     * @param changed scale and interval of the guidance
     * @return a changed copy
     */
    public GenerationRequest withGuidance(GuidanceChoice changed) {
        return new GenerationRequest(
                prompts, seed, sampler, changed, size, latents, batchSize, listener, noise, edit,
                extension);
    }

    /**
     * Returns the same with a size that the pictures must have.
     *
     * @param height rows
     * @param width columns
     * @return a changed copy
     * @throws InvalidRequestException if a side is less than 1
     */
    public GenerationRequest withSize(int height, int width) {
        return new GenerationRequest(
                prompts,
                seed,
                sampler,
                guidance,
                new PictureSize(height, width),
                latents,
                batchSize,
                listener,
                noise,
                edit,
                extension);
    }

    /**
     * Returns the same, with or without decoding.
     *
     * @param changed true for latents, false for pictures
     * @return a changed copy
     */
    public GenerationRequest withLatents(boolean changed) {
        return new GenerationRequest(
                prompts, seed, sampler, guidance, size, changed, batchSize, listener, noise, edit,
                extension);
    }

    /**
     * Returns the same with another batch size.
     *
     * @param changed how many images are computed at once, at least 1
     * @return a changed copy
     * @throws InvalidRequestException if it is less
     */
    public GenerationRequest withBatchSize(int changed) {
        return new GenerationRequest(
                prompts, seed, sampler, guidance, size, latents, changed, listener, noise, edit,
                extension);
    }

    /**
     * Returns the same with another listener.
     *
     * @param changed called with the progress; it cancels by throwing
     * @return a changed copy
     */
    public GenerationRequest withListener(GenerationListener changed) {
        return new GenerationRequest(
                prompts, seed, sampler, guidance, size, latents, batchSize, changed, noise, edit,
                extension);
    }

    /**
     * Returns the same with other noise, such as {@code new NoiseChoice.Variations(8, 0.3)}.
     *
     * @param changed which noise each picture starts from
     * @return a changed copy
     */
    public GenerationRequest withNoise(NoiseChoice changed) {
        return new GenerationRequest(
                prompts, seed, sampler, guidance, size, latents, batchSize, listener, changed, edit,
                extension);
    }

    /**
     * Returns the same made from a picture, such as {@code Edit.of(SourcePicture.read(file), 0.6)}.
     *
     * @param changed the picture and what is changed in it
     * @return a changed copy
     * @throws InvalidRequestException if it is an inversion and there is other noise as well
     */
    public GenerationRequest withEdit(Edit changed) {
        return new GenerationRequest(
                prompts, seed, sampler, guidance, size, latents, batchSize, listener, noise,
                changed, extension);
    }

    /**
     * Returns the same with videos that go on beyond the model's length, such as {@code
     * Extension.by(16)}.
     *
     * @param changed how many frames more, and how many the model sees again for them
     * @return a changed copy
     */
    public GenerationRequest withExtension(Extension changed) {
        return new GenerationRequest(
                prompts, seed, sampler, guidance, size, latents, batchSize, listener, noise, edit,
                changed);
    }
}
