package io.zigma.pipeline;

import io.zigma.base.Settings;
import io.zigma.condition.InvalidRequestException;
import io.zigma.condition.Prompt;
import io.zigma.pipeline.GuidanceChoice.Interval;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A recipe as it is in a file, read back into the request that makes the same pictures again. What
 * the recipe names by hash has to be given: the weights, the source picture, the mask; others are
 * refused.
 */
public final class RecipeReading {

    private final Map<String, String> fields;

    /**
     * Reads a recipe.
     *
     * @param fields as {@link Recipe#fields} or {@link Recipe#together} writes them, others are
     *     ignored
     * @throws InvalidRequestException if they are no recipe
     */
    public RecipeReading(Map<String, String> fields) {
        this.fields = Map.copyOf(fields);
        for (String needed :
                List.of(
                        RecipeFields.WEIGHTS,
                        RecipeFields.SEED,
                        RecipeFields.SAMPLER,
                        RecipeFields.STEPS)) {
            if (!fields.containsKey(needed)) {
                throw new InvalidRequestException(
                        "there is no recipe in it: it has no field " + needed);
            }
        }
    }

    /**
     * Returns the precision that the pictures were computed with.
     *
     * @return a label of {@link io.zigma.op.Precision}; empty for float32
     */
    public Optional<String> precision() {
        return Optional.ofNullable(fields.get(RecipeFields.PRECISION));
    }

    /**
     * Returns the hash of the weaker model that guided.
     *
     * @return SHA-256 of its weights; empty where there was none
     */
    public Optional<String> guideHash() {
        return Optional.ofNullable(fields.get(RecipeFields.GUIDE));
    }

    /**
     * Returns the hash of the classifier that guided.
     *
     * @return SHA-256 of its weights; empty where there was none
     */
    public Optional<String> classifierHash() {
        return Optional.ofNullable(fields.get(RecipeFields.CLASSIFIER));
    }

    /**
     * Returns how strongly the classifier guided.
     *
     * @return its scale, 1 where there was none
     * @throws InvalidRequestException if it is no number
     */
    public double classifierScale() {
        return number(RecipeFields.CLASSIFIER_SCALE, Double::valueOf, 1.0);
    }

    /**
     * Returns the class that the classifier guided all pictures to.
     *
     * @return its name; empty where it was that of the prompts
     */
    public Optional<String> classifierClass() {
        return Optional.ofNullable(fields.get(RecipeFields.CLASSIFIER_CLASS));
    }

    /**
     * Returns whether several prompts may have become one text, where a file's format has only one
     * line for it, as a GIF's comment has.
     *
     * @return true for a prompt of several pictures that are not an interpolation
     */
    public boolean mayJoinPrompts() {
        return fields.containsKey(RecipeFields.PROMPT)
                && fields.containsKey(RecipeFields.COUNT)
                && !fields.containsKey(RecipeFields.FRACTION);
    }

    /**
     * Checks that a model is the recipe's.
     *
     * @param name what the refusal calls it
     * @param weightsHash SHA-256 of its weights
     * @throws InvalidRequestException if it is another
     */
    public void requireModel(String name, String weightsHash) {
        requireHash(RecipeFields.WEIGHTS, "model", name, weightsHash);
    }

    /**
     * Returns the request.
     *
     * @param source the picture that was changed; null where there was none
     * @param mask the mask; null where there was none
     * @return what to ask of the model
     * @throws InvalidRequestException if a picture is missing, too many or not the recipe's, or the
     *     recipe cannot be read
     */
    public GenerationRequest request(@Nullable SourcePicture source, @Nullable SourcePicture mask) {
        return request(source, mask, null);
    }

    /**
     * Returns the request.
     *
     * @param source the picture that was changed; null where there was none
     * @param mask the mask; null where there was none
     * @param clip the clip that videos go on from; null where there was none
     * @return what to ask of the model
     * @throws InvalidRequestException if a file is missing, too many or not the recipe's, or the
     *     recipe cannot be read
     */
    public GenerationRequest request(
            @Nullable SourcePicture source,
            @Nullable SourcePicture mask,
            @Nullable SourceClip clip) {
        int count = Math.max(1, number(RecipeFields.COUNT, Integer::valueOf, 1));
        List<Prompt> prompts = prompts("", count);
        if (count % prompts.size() != 0) {
            throw new InvalidRequestException(
                    "the recipe has %s prompts for %s pictures; use the recipes of files of their own"
                            .formatted(prompts.size(), count));
        }
        GenerationRequest request =
                GenerationRequest.any()
                        .withPrompts(prompts)
                        .withEach(count / prompts.size())
                        .withSeed(number(RecipeFields.SEED, Long::valueOf, 0L))
                        .withSampler(sampler())
                        .withGuidance(guidance())
                        .withNoise(noise());
        require(
                "clip to go on from",
                fields.containsKey(RecipeFields.CLIP),
                clip == null ? null : clip.name(),
                clip == null ? "" : clip.sha256(),
                RecipeFields.CLIP);
        if (fields.containsKey(RecipeFields.EXTENDED)) {
            Extension extension =
                    new Extension(
                            number(RecipeFields.EXTENDED, Integer::valueOf, 1),
                            number(RecipeFields.OVERLAP, Integer::valueOf, 0));
            request =
                    request.withExtension(
                            clip == null
                                    ? extension
                                    : extension.from(
                                            clip.taking(
                                                    number(
                                                            RecipeFields.CLIP_FPS,
                                                            Double::valueOf,
                                                            0.0),
                                                    number(
                                                            RecipeFields.CLIP_STRIDE,
                                                            Integer::valueOf,
                                                            1))));
        }
        Edit edit = edit(source, mask);
        return edit == null ? request : request.withEdit(edit);
    }

    private SamplerChoice sampler() {
        String options = fields.get(RecipeFields.SAMPLER_OPTIONS);
        try {
            return new SamplerChoice.Named(
                    fields.get(RecipeFields.SAMPLER),
                    number(RecipeFields.STEPS, Integer::valueOf, 1),
                    options == null ? Map.of() : Settings.split(List.of(options.split(" ", -1))));
        } catch (InvalidRequestException e) {
            throw e;
        } catch (IllegalArgumentException e) {
            throw new InvalidRequestException(e.getMessage(), e);
        }
    }

    private GuidanceChoice guidance() {
        String interval = fields.get(RecipeFields.GUIDANCE_INTERVAL);
        return new GuidanceChoice(
                number(RecipeFields.GUIDANCE, Double::valueOf, 1.0),
                interval == null ? new Interval(0, 1) : Interval.parse(interval),
                number(RecipeFields.GUIDANCE_CHANNELS, Integer::valueOf, 0));
    }

    private NoiseChoice noise() {
        if (fields.containsKey(RecipeFields.VARIATION_SEED)) {
            return new NoiseChoice.Variations(
                    number(RecipeFields.VARIATION_SEED, Long::valueOf, 0L),
                    number(RecipeFields.VARIATION_STRENGTH, Double::valueOf, 0.0));
        }
        String fraction = fields.get(RecipeFields.FRACTION);
        if (fraction == null) {
            return NoiseChoice.OWN_SEEDS;
        }
        List<Double> ends =
                Arrays.stream(fraction.split(",", -1))
                        .map(end -> read(RecipeFields.FRACTION, end, Double::valueOf))
                        .toList();
        Prompt towards = prompts(RecipeFields.TOWARDS, 1).get(0);
        String seed = fields.get(RecipeFields.OTHER_SEED);
        return new NoiseChoice.Interpolation(
                seed == null ? null : read(RecipeFields.OTHER_SEED, seed, Long::valueOf),
                towards.isAny() ? null : towards,
                ends.get(0),
                ends.get(ends.size() - 1));
    }

    private @Nullable Edit edit(@Nullable SourcePicture source, @Nullable SourcePicture mask) {
        boolean edited = fields.containsKey(RecipeFields.SOURCE);
        boolean masked = fields.containsKey(RecipeFields.MASK);
        require("picture to start from", edited, source, RecipeFields.SOURCE);
        require("mask", masked, mask, RecipeFields.MASK);
        if (source == null) {
            return null;
        }
        if (fields.containsKey(RecipeFields.INVERTED)) {
            return Edit.inversion(source, prompts(RecipeFields.SHOWN, 1).get(0));
        }
        String margins = fields.get(RecipeFields.MARGINS);
        return new Edit(
                source,
                number(RecipeFields.STRENGTH, Double::valueOf, 1.0),
                mask,
                margins == null ? null : Margins.parse(margins),
                null);
    }

    private void require(String what, boolean wanted, @Nullable SourcePicture given, String field) {
        require(
                what,
                wanted,
                given == null ? null : given.name(),
                given == null ? "" : given.sha256(),
                field);
    }

    private void require(
            String what, boolean wanted, @Nullable String given, String hash, String field) {
        if (wanted && given == null) {
            throw new InvalidRequestException(
                    "the recipe needs its %s, of SHA-256 %s; give the file"
                            .formatted(what, fields.get(field)));
        }
        if (!wanted && given != null) {
            throw new InvalidRequestException(
                    "the recipe has no %s; leave out %s".formatted(what, given));
        }
        if (given != null) {
            requireHash(field, what, given, hash);
        }
    }

    private void requireHash(String field, String what, String name, String hash) {
        String wanted = fields.get(field);
        if (!hash.equals(wanted)) {
            throw new InvalidRequestException(
                    "%s is not the recipe's %s: its SHA-256 is %s, the recipe's %s"
                            .formatted(name, what, hash, wanted));
        }
    }

    /** Reads a prompt whose fields begin with a word; several texts are one a line. */
    private List<Prompt> prompts(String before, int count) {
        String text = fields.get(before + RecipeFields.PROMPT);
        String negative = fields.get(before + RecipeFields.NEGATIVE_PROMPT);
        String named = fields.get(before + RecipeFields.CLASS);
        if (fields.containsKey(before + RecipeFields.TOKENS)) {
            throw new InvalidRequestException(
                    "the picture was made from a text encoder's tokens, which the recipe names by their hash only");
        }
        if (RecipeFields.IN_TURN.equals(named) || RecipeFields.IN_TURN.equals(negative)) {
            throw new InvalidRequestException(
                    "the file holds pictures of several classes or negative prompts; only files of one picture each name those of each");
        }
        if (text != null) {
            List<String> texts = count == 1 ? List.of(text) : text.lines().toList();
            return (texts.isEmpty() ? List.of("") : texts)
                    .stream()
                            .map(Prompt::ofText)
                            .map(
                                    asked ->
                                            negative == null
                                                    ? asked
                                                    : asked.withNegativeText(negative))
                            .toList();
        }
        return List.of(named == null ? Prompt.any() : Prompt.ofClass(named));
    }

    private <T> T number(String field, Function<String, T> type, T otherwise) {
        String value = fields.get(field);
        return value == null ? otherwise : read(field, value, type);
    }

    private static <T> T read(String field, String value, Function<String, T> type) {
        try {
            return type.apply(value.strip());
        } catch (NumberFormatException e) {
            throw new InvalidRequestException(
                    "the recipe's %s should be a number, not '%s'".formatted(field, value), e);
        }
    }
}
