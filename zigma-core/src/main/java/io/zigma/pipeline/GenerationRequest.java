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
 * What is left open, the checkpoint decides.
 *
 * @param prompts what is asked of each picture; image i has the seed {@code seed + i}
 * @param seed the first image's seed
 * @param sampler how to solve from noise to data
 * @param guidance how hard to follow the condition, and when
 * @param size the size that the pictures must have, or null for the model's; a model has one size,
 *     and refuses another
 * @param latents true for the samples as the model makes them, undecoded; no picture is made then
 * @param batchSize how many images are computed at once; it changes speed and memory, not the
 *     pictures
 * @param listener hears how far the generation is, on the thread that generates, and stops it by
 *     throwing
 */
public record GenerationRequest(
        List<Prompt> prompts,
        long seed,
        SamplerChoice sampler,
        GuidanceChoice guidance,
        @Nullable PictureSize size,
        boolean latents,
        int batchSize,
        GenerationListener listener) {

    /** Stands for no class where classes are numbers; see {@link Prompt#any}. */
    public static final int ANY = -1;

    /** Stands for a drawn seed where people or clients write one; see {@link #seedOf}. */
    public static final long RANDOM_SEED = -1;

    private static final int BATCH = 16;

    static {
        // whoever makes a request is about to use DJL, maybe first of all and on any thread
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
            throw new InvalidRequestException("ask for at least one image");
        }
        if (batchSize < 1) {
            throw new InvalidRequestException(
                    "the batch size is %s, use 1 or more".formatted(batchSize));
        }
    }

    /**
     * Asks for images of numbered classes with everything settled.
     *
     * @param labels one class number an image, or {@link #ANY}
     * @param seed the first image's seed
     * @param sampler how to solve from noise to data
     * @param guidance how hard to follow the condition, and when
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
     * Asks for several images of one class.
     *
     * @param label the class, or {@link #ANY}
     * @param count how many
     * @param seed the first image's seed
     * @param sampler how to solve from noise to data
     * @param guidanceScale 1 for no guidance; the part of the way is the checkpoint's
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
     * Asks for one image of a class, with a seed of its own and what the checkpoint recommends.
     *
     * @param className the class as the checkpoint spells it, but for case, spaces, hyphens and
     *     underscores
     * @return a request to change parts of
     */
    public static GenerationRequest of(String className) {
        return of(Prompt.ofClass(className));
    }

    /**
     * Asks for one image of a class, with a seed of its own and what the checkpoint recommends.
     *
     * @param classNumber 0 … classes − 1, or {@link #ANY}
     * @return a request to change parts of
     * @throws InvalidRequestException if the number is none
     */
    public static GenerationRequest of(int classNumber) {
        return of(Prompt.ofLabel(classNumber));
    }

    /**
     * Asks for one image of what a text says, with a seed of its own and what the checkpoint
     * recommends.
     *
     * @param text the prompt
     * @return a request to change parts of
     */
    public static GenerationRequest ofText(String text) {
        return of(Prompt.ofText(text));
    }

    /**
     * Asks for one image of each of several texts.
     *
     * @param texts the prompts, at least one
     * @return a request to change parts of
     * @throws InvalidRequestException if there is none
     */
    public static GenerationRequest ofTexts(List<String> texts) {
        return any().withPrompts(texts.stream().map(Prompt::ofText).toList());
    }

    /**
     * Asks for one image of whatever comes, with a seed of its own and what the checkpoint
     * recommends.
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

    /**
     * Reads a seed that a person or a client wrote, who may ask for a drawn one as in other
     * programs that make pictures.
     *
     * @param written any number
     * @return the same; a {@linkplain #randomSeed() drawn one} for {@value #RANDOM_SEED}
     */
    public static long seedOf(long written) {
        return written == RANDOM_SEED ? randomSeed() : written;
    }

    /**
     * Draws a seed that nobody can foresee but people can read out to each other.
     *
     * @return 0 … 2³¹ − 2
     */
    public static long randomSeed() {
        return new SecureRandom().nextInt(Integer.MAX_VALUE);
    }

    /**
     * Returns the same with other prompts.
     *
     * @param changed what is asked of each picture, at least one
     * @return a changed copy
     */
    public GenerationRequest withPrompts(List<Prompt> changed) {
        return new GenerationRequest(
                changed, seed, sampler, guidance, size, latents, batchSize, listener);
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
     * Returns the same for another number of images; several prompts take turns.
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
                prompts, changed, sampler, guidance, size, latents, batchSize, listener);
    }

    /**
     * Returns the same with another sampler.
     *
     * @param changed how to solve from noise to data
     * @return a changed copy
     */
    public GenerationRequest withSampler(SamplerChoice changed) {
        return new GenerationRequest(
                prompts, seed, changed, guidance, size, latents, batchSize, listener);
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
     * Returns the same with another guidance scale, over the same part of the way.
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
     * @param changed how hard to follow the condition, and when
     * @return a changed copy
     */
    public GenerationRequest withGuidance(GuidanceChoice changed) {
        return new GenerationRequest(
                prompts, seed, sampler, changed, size, latents, batchSize, listener);
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
                listener);
    }

    /**
     * Returns the same, asking for the samples as the model makes them.
     *
     * @param changed true for latents, false for pictures
     * @return a changed copy
     */
    public GenerationRequest withLatents(boolean changed) {
        return new GenerationRequest(
                prompts, seed, sampler, guidance, size, changed, batchSize, listener);
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
                prompts, seed, sampler, guidance, size, latents, changed, listener);
    }

    /**
     * Returns the same with another listener.
     *
     * @param changed hears how far the generation is, and stops it by throwing
     * @return a changed copy
     */
    public GenerationRequest withListener(GenerationListener changed) {
        return new GenerationRequest(
                prompts, seed, sampler, guidance, size, latents, batchSize, changed);
    }
}
