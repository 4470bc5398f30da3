package io.zigma.emoji;

import io.zigma.base.Amount;
import io.zigma.media.MediaException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/**
 * Decides which animation every clip shows that is made of one, behind the clips of still emoji.
 *
 * <p>What moves more is shown more often, in proportion, from a third to three times as often as
 * what moves as much as the median; and each emoji with a skin tone a tenth as often as it would
 * be: there are five for one without, which move alike.
 *
 * @param clips all of them, part after part
 */
record AnimationPlan(List<Planned> clips) {

    /** How often skin tones are shown. */
    private static final double TONED = 0.1;

    private static final double FARTHEST = 3;

    AnimationPlan {
        clips = List.copyOf(clips);
    }

    /**
     * A clip to make.
     *
     * @param part whose it is
     * @param number within the part
     * @param shown what it shows
     */
    record Planned(Part part, int number, AnimatedCombination shown) {}

    /**
     * Plans all parts.
     *
     * @param animations what there is
     * @param before how many clips of still emoji each part has
     * @param all how many clips each part is to have
     * @throws MediaException if there is no animation that a part may show
     */
    static AnimationPlan of(Animations animations, MovingOptions before, MovingOptions all)
            throws MediaException {
        return new Planning(animations.moving(), before, all).plan();
    }

    /** Returns how often each is shown, relative to the others. */
    static double[] weights(List<Animation> animations) {
        double[] motions = animations.stream().mapToDouble(Animation::motion).sorted().toArray();
        double[] weights = new double[animations.size()];
        for (int i = 0; i < weights.length; i++) {
            Animation animation = animations.get(i);
            double relative = animation.motion() / motions[motions.length / 2];
            weights[i] = Math.max(1 / FARTHEST, Math.min(FARTHEST, relative));
            if (animation.source().tone() != null) {
                weights[i] *= TONED;
            }
        }
        return weights;
    }

    private static final class Planning {

        private final List<Animation> animations;
        private final MovingOptions before;
        private final MovingOptions all;
        private final List<Planned> clips = new ArrayList<>();

        Planning(List<Animation> animations, MovingOptions before, MovingOptions all) {
            this.animations = animations;
            this.before = before;
            this.all = all;
        }

        AnimationPlan plan() throws MediaException {
            List<Animation> heldOut =
                    animations.stream().filter(one -> one.source().heldOut()).toList();
            List<Animation> open =
                    animations.stream().filter(one -> !one.source().heldOut()).toList();
            add(Part.TRAIN, MovingOptions::train, open, open);
            Set<Animation> trained = new LinkedHashSet<>();
            clips.forEach(clip -> trained.add(clip.shown().animation()));
            List<Animation> seen = open.stream().filter(trained::contains).toList();
            add(Part.TEST, MovingOptions::test, seen, heldOut.isEmpty() ? seen : heldOut);
            add(Part.CLASSIFIER, MovingOptions::classifier, animations, animations);
            return new AnimationPlan(clips);
        }

        /** Plans a part whose first half is of some animations, and whose second half of others. */
        private void add(
                Part part,
                ToIntFunction<MovingOptions> counts,
                List<Animation> first,
                List<Animation> second)
                throws MediaException {
            int from = counts.applyAsInt(before);
            int to = counts.applyAsInt(all);
            if (from == to) {
                return;
            }
            if (first.isEmpty() || second.isEmpty()) {
                throw new MediaException(
                        "of %s, none is left that %s may show; name more %s, or ask for more clips to train on"
                                .formatted(
                                        Amount.of(animations.size(), "animation"),
                                        part.folder(),
                                        all.things().isEmpty() ? "of them" : "things"));
            }
            Random random = Seeds.random(all.seed(), "animated/" + part.folder());
            double[] firstWeights = weights(first);
            double[] secondWeights = weights(second);
            int half = to - (to - from) / 2;
            for (int i = from; i < to; i++) {
                Animation one =
                        i < half
                                ? one(first, firstWeights, random)
                                : one(second, secondWeights, random);
                clips.add(
                        new Planned(
                                part, i, new AnimatedCombination(one, background(one, random))));
            }
        }

        private static Animation one(List<Animation> all, double[] weights, Random random) {
            double sum = 0;
            for (double weight : weights) {
                sum += weight;
            }
            double place = random.nextDouble() * sum;
            int at = 0;
            while (at + 1 < weights.length && place >= weights[at]) {
                place -= weights[at++];
            }
            return all.get(at);
        }

        private static @Nullable Colour background(Animation one, Random random) {
            boolean onColour = random.nextDouble() < Plan.ON_COLOUR && !one.backgrounds().isEmpty();
            return onColour || !one.onWhite() ? Plan.one(one.backgrounds(), random) : null;
        }
    }
}
