package io.zigma.pipeline;

import io.zigma.base.Setting;
import io.zigma.condition.InvalidRequestException;
import io.zigma.condition.Prompt;
import io.zigma.sampler.NoiseSphere;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Which noise each picture of a request starts from. */
public sealed interface NoiseChoice {

    /** Picture i has the noise of the seed {@code seed + i}. */
    NoiseChoice OWN_SEEDS = new OwnSeeds();

    /**
     * Returns the seeds of one picture.
     *
     * @param seed that of the request
     * @param image from 0
     * @param count how many pictures the request has
     * @return its seeds
     */
    Seeds seeds(long seed, int image, int count);

    /**
     * Returns the way from one seed's noise to the other's.
     *
     * @return a way that begins with the first one's own
     */
    default NoiseSphere.Arc arc() {
        return NoiseSphere::between;
    }

    /**
     * Returns what the last picture shows.
     *
     * @return null where all pictures show what they are asked for
     */
    default @Nullable Prompt towards() {
        return null;
    }

    /**
     * Describes one picture's noise for its recipe.
     *
     * @param seed that of the request
     * @param image from 0
     * @param count how many pictures the request has
     * @return fields beside the seed
     */
    default Map<String, String> facts(long seed, int image, int count) {
        return Map.of();
    }

    /**
     * Two seeds.
     *
     * @param seed the first one
     * @param other the other one; the first one again where there is none
     * @param fraction of the way to the other's noise, and to the other prompt where there is one,
     *     0 … 1
     */
    record Seeds(long seed, long other, double fraction) {}

    /** A seed for each picture. */
    record OwnSeeds() implements NoiseChoice {

        @Override
        public Seeds seeds(long seed, int image, int count) {
            return new Seeds(seed + image, seed + image, 0);
        }
    }

    /**
     * A seed of its own for each picture, in place of the request's.
     *
     * @param each one a picture
     */
    record GivenSeeds(List<Long> each) implements NoiseChoice {

        /** Copies the list. */
        public GivenSeeds {
            each = List.copyOf(each);
        }

        @Override
        public Seeds seeds(long seed, int image, int count) {
            return new Seeds(each.get(image), each.get(image), 0);
        }
    }

    /**
     * Variations of one seed: all pictures have the seed of the request, and picture i is moved on
     * the sphere of its noise towards that of the seed {@code first + i}.
     *
     * @param first the first picture's variation seed
     * @param strength 0 … 1: 0 for the seed itself, 1 for other noise of the same norm
     */
    record Variations(long first, double strength) implements NoiseChoice {

        /** The strength where none is given. */
        public static final double STRENGTH = 0.3;

        /**
         * Checks the strength.
         *
         * @throws InvalidRequestException if it is not 0 … 1
         */
        public Variations {
            if (!(strength >= 0 && strength <= 1)) {
                throw new InvalidRequestException(
                        "the variation strength goes from 0 (the seed itself) to 1 (other noise), not %s"
                                .formatted(strength));
            }
        }

        @Override
        public Seeds seeds(long seed, int image, int count) {
            return new Seeds(seed, first + image, strength);
        }

        @Override
        public NoiseSphere.Arc arc() {
            return NoiseSphere::around;
        }

        @Override
        public Map<String, String> facts(long seed, int image, int count) {
            Map<String, String> facts = new LinkedHashMap<>();
            facts.put(RecipeFields.VARIATION_SEED, Long.toString(first + image));
            facts.put(RecipeFields.VARIATION_STRENGTH, Setting.plain(strength));
            return facts;
        }
    }

    /**
     * Pictures between two: the noise goes from that of the request's seed to another's, the
     * condition from the request's prompts to another, or both. Between two conditions the model is
     * evaluated with each, and its outputs are mixed, which works for classes and texts alike (Liu
     * et al. 2022, "Compositional Visual Generation with Composable Diffusion Models", equation
     * 11).
     *
     * @param seed of the last picture; null for that of the request
     * @param prompt of the last picture; null for that of the request
     * @param from the first picture's fraction of the way, 0 … 1
     * @param to the last picture's, the others' are evenly between; not used for one picture
     */
    record Interpolation(@Nullable Long seed, @Nullable Prompt prompt, double from, double to)
            implements NoiseChoice {

        /**
         * Checks that there is a way.
         *
         * @throws InvalidRequestException if there is neither seed nor prompt, or a fraction is not
         *     0 … 1
         */
        public Interpolation {
            if (seed == null && prompt == null) {
                throw new InvalidRequestException(
                        "an interpolation needs another seed, or another class or prompt");
            }
            if (!(from >= 0 && from <= 1 && to >= 0 && to <= 1)) {
                throw new InvalidRequestException(
                        "pictures between two are at 0 … 1 of the way, not %s to %s"
                                .formatted(from, to));
            }
        }

        /**
         * Goes all the way.
         *
         * @param seed of the last picture; null for that of the request
         * @param prompt of the last picture; null for that of the request
         * @throws InvalidRequestException if there is neither
         */
        public Interpolation(@Nullable Long seed, @Nullable Prompt prompt) {
            this(seed, prompt, 0, 1);
        }

        @Override
        public Seeds seeds(long first, int image, int count) {
            double fraction =
                    count == 1 ? from : from + (to - from) * ((double) image / (count - 1));
            return new Seeds(first, seed == null ? first : seed, fraction);
        }

        @Override
        public @Nullable Prompt towards() {
            return prompt;
        }

        @Override
        public Map<String, String> facts(long first, int image, int count) {
            Map<String, String> facts = new LinkedHashMap<>();
            if (seed != null) {
                facts.put(RecipeFields.OTHER_SEED, Long.toString(seed));
            }
            facts.put(RecipeFields.FRACTION, Setting.plain(seeds(first, image, count).fraction()));
            return facts;
        }
    }
}
