package io.zigma.emoji;

import io.zigma.base.Amount;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Decides what every clip shows.
 *
 * @param clips all of them, part after part
 */
record MovingPlan(List<Planned> clips) {

    private static final int ATTEMPTS = 100_000;

    MovingPlan {
        clips = List.copyOf(clips);
    }

    /**
     * A clip to make.
     *
     * @param part whose it is
     * @param number within the part, from 0
     * @param icon the drawing
     * @param shown what it shows
     */
    record Planned(Part part, int number, Icon icon, MovingCombination shown) {}

    /**
     * Plans all parts.
     *
     * @param catalogue what can be drawn
     * @param options how many clips, in which styles; the seed
     * @throws IOException if there is nothing that a part may show
     */
    static MovingPlan of(Catalogue catalogue, MovingOptions options) throws IOException {
        List<List<Icon>> things =
                catalogue.things().stream()
                        .map(
                                icons ->
                                        icons.stream()
                                                .filter(
                                                        icon ->
                                                                options.styles()
                                                                        .contains(icon.style()))
                                                .toList())
                        .filter(icons -> !icons.isEmpty())
                        .toList();
        return new Planning(things, options).plan();
    }

    private static final class Planning {

        private final List<List<Icon>> things;
        private final MovingOptions options;
        private final List<Planned> clips = new ArrayList<>();
        private final Set<String> trainedPairs = new HashSet<>();

        Planning(List<List<Icon>> things, MovingOptions options) {
            this.things = things;
            this.options = options;
        }

        MovingPlan plan() throws IOException {
            if (things.isEmpty()) {
                throw new IOException("no thing has a drawing in these styles; name more styles");
            }
            Random train = random(Part.TRAIN);
            for (int i = 0; i < options.train(); i++) {
                add(Part.TRAIN, i, train, shown -> !shown.heldOut());
                trainedPairs.add(clips.get(clips.size() - 1).shown().pair());
            }
            Random test = random(Part.TEST);
            int seen = anythingHeldOut() ? options.test() - options.test() / 2 : options.test();
            for (int i = 0; i < options.test(); i++) {
                boolean heldOut = i >= seen;
                add(
                        Part.TEST,
                        i,
                        test,
                        shown -> heldOut ? shown.heldOut() : trainedPairs.contains(shown.pair()));
            }
            Random classifier = random(Part.CLASSIFIER);
            for (int i = 0; i < options.classifier(); i++) {
                add(Part.CLASSIFIER, i, classifier, shown -> true);
            }
            return new MovingPlan(clips);
        }

        private Random random(Part part) {
            return Seeds.random(options.seed(), "moving/" + part.folder());
        }

        private boolean anythingHeldOut() {
            return things.stream()
                    .anyMatch(
                            icons -> {
                                Thing thing = icons.get(0).thing();
                                for (Motion motion : Motion.values()) {
                                    if (HeldOut.pair(thing, motion)) {
                                        return true;
                                    }
                                }
                                return false;
                            });
        }

        private void add(Part part, int number, Random random, Predicate<MovingCombination> wanted)
                throws IOException {
            for (int i = 0; i < ATTEMPTS; i++) {
                Icon icon = Plan.one(Plan.one(things, random), random);
                Motion motion = Motion.values()[random.nextInt(Motion.values().length)];
                MovingCombination shown =
                        new MovingCombination(Plan.combination(icon, random), motion);
                if (wanted.test(shown)) {
                    clips.add(new Planned(part, number, icon, shown));
                    return;
                }
            }
            throw new IOException(
                    "of %s, no combination is left that a part may show; name more things"
                            .formatted(Amount.of(things.size(), "thing")));
        }
    }
}
