package io.zigma.emoji;

import io.zigma.base.Amount;
import io.zigma.emoji.Icon.Variant;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Decides what every picture shows.
 *
 * @param pictures all of them, part after part
 */
record Plan(List<Planned> pictures) {

    /** How many pictures, and clips of animated emoji, have a coloured background. */
    static final double ON_COLOUR = 0.35;

    private static final int ATTEMPTS = 100_000;

    Plan {
        pictures = List.copyOf(pictures);
    }

    /**
     * A picture to make.
     *
     * @param part whose it is
     * @param number within the part, from 0
     * @param icon the drawing
     * @param combination what it shows
     */
    record Planned(Part part, int number, Icon icon, Combination combination) {}

    /**
     * Plans all parts.
     *
     * @param catalogue what can be drawn
     * @param options how many pictures; the seed
     * @throws IOException if there is nothing that a part may show
     */
    static Plan of(Catalogue catalogue, EmojiOptions options) throws IOException {
        return new Planning(catalogue, options).plan();
    }

    /** Chooses colours for a drawing, another than its own as often as by default. */
    static Combination combination(Icon icon, Random random) {
        return combination(icon, EmojiOptions.COLOURED, random);
    }

    /**
     * Chooses colours for a drawing.
     *
     * @param share how often another than its own, where it can be recoloured, 0 to 1
     */
    private static Combination combination(Icon icon, double share, Random random) {
        List<Variant> coloured = icon.coloured();
        List<Variant> own =
                icon.variants().stream().filter(variant -> variant.colour() == null).toList();
        boolean another = own.isEmpty() || random.nextDouble() < share && !coloured.isEmpty();
        return on(icon, one(another ? coloured : own, random), random);
    }

    private static Combination on(Icon icon, Variant variant, Random random) {
        boolean onColour = random.nextDouble() < ON_COLOUR && !variant.backgrounds().isEmpty();
        @Nullable Colour background =
                onColour || !variant.onWhite() ? one(variant.backgrounds(), random) : null;
        return new Combination(icon.thing(), icon.style(), variant.colour(), background);
    }

    /** Chooses one of several. */
    static <T> T one(List<T> all, Random random) {
        return all.get(random.nextInt(all.size()));
    }

    private static final class Planning {

        private final Catalogue catalogue;
        private final EmojiOptions options;
        private final List<Planned> pictures = new ArrayList<>();
        private final Set<String> trainedPairs = new HashSet<>();

        Planning(Catalogue catalogue, EmojiOptions options) {
            this.catalogue = catalogue;
            this.options = options;
        }

        /** An icon with a background; what comes of drawing lots. */
        private record Drawn(Icon icon, Combination combination) {}

        Plan plan() throws IOException {
            Random train = Seeds.random(options.seed(), Part.TRAIN.folder());
            for (int i = 0; i < options.train(); i++) {
                Drawn drawn =
                        drawn(train, options.coloured(), combination -> !HeldOut.is(combination));
                trainedPairs.addAll(pairs(drawn.combination()));
                add(Part.TRAIN, i, drawn);
            }
            planTest(Seeds.random(options.seed(), Part.TEST.folder()));
            Random classifier = Seeds.random(options.seed(), Part.CLASSIFIER.folder());
            for (int i = 0; i < options.classifier(); i++) {
                add(
                        Part.CLASSIFIER,
                        i,
                        drawn(classifier, EmojiOptions.COLOURED, combination -> true));
            }
            return new Plan(pictures);
        }

        private void planTest(Random random) throws IOException {
            List<Icon> ofStyle =
                    catalogue
                            .icons()
                            .filter(icon -> HeldOut.pair(icon.thing(), icon.style()))
                            .toList();
            List<Icon> ofColour =
                    catalogue.icons().filter(icon -> !heldOutColours(icon).isEmpty()).toList();
            boolean anything = !ofStyle.isEmpty() || !ofColour.isEmpty();
            int seen = anything ? options.test() - options.test() / 2 : options.test();
            int number = 0;
            while (number < seen) {
                add(
                        Part.TEST,
                        number++,
                        drawn(
                                random,
                                EmojiOptions.COLOURED,
                                combination ->
                                        !HeldOut.is(combination)
                                                && trainedPairs.containsAll(pairs(combination))));
            }
            while (number < options.test()) {
                boolean byStyle = ofColour.isEmpty() || !ofStyle.isEmpty() && random.nextBoolean();
                Icon icon = one(byStyle ? ofStyle : ofColour, random);
                Combination combination =
                        byStyle
                                ? combination(icon, random)
                                : on(icon, one(heldOutColours(icon), random), random);
                add(Part.TEST, number++, new Drawn(icon, combination));
            }
        }

        private void add(Part part, int number, Drawn drawn) {
            pictures.add(new Planned(part, number, drawn.icon(), drawn.combination()));
        }

        private Drawn drawn(Random random, double coloured, Predicate<Combination> wanted)
                throws IOException {
            for (int i = 0; i < ATTEMPTS; i++) {
                Icon icon = one(one(catalogue.things(), random), random);
                Combination combination = combination(icon, coloured, random);
                if (wanted.test(combination)) {
                    return new Drawn(icon, combination);
                }
            }
            throw new IOException(
                    "of %s, no combination is left that a part may show; name more things"
                            .formatted(Amount.of(catalogue.things().size(), "thing")));
        }

        private static List<Variant> heldOutColours(Icon icon) {
            return icon.variants().stream()
                    .filter(variant -> HeldOut.pair(icon.thing(), variant.colour()))
                    .toList();
        }

        private static List<String> pairs(Combination combination) {
            String thing = combination.thing().name();
            return List.of(
                    thing + "/style/" + combination.style().word(),
                    thing + "/colour/" + combination.colourWord());
        }
    }
}
