package io.zigma.emoji;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * The captions of a picture. Training takes one of the captions at each visit, so that what stands
 * there more often is seen more often.
 */
final class Captions {

    /** Of eight captions, how many are the full sentence. */
    private static final int FULL = 5;

    /** Names of several things, or of what cannot be counted, are said without "a". */
    private static final List<String> WITHOUT_ARTICLE =
            List.of(
                    "bacon",
                    "bamboo",
                    "bread",
                    "broccoli",
                    "butter",
                    "cheese",
                    "coral",
                    "corn",
                    "dna",
                    "fire",
                    "fog",
                    "garlic",
                    "ginger",
                    "ice cream",
                    "lettuce",
                    "meat on bone",
                    "popcorn",
                    "salad",
                    "santa claus",
                    "soap",
                    "soft ice cream",
                    "spaghetti",
                    "sushi",
                    "thumbs down",
                    "thumbs up",
                    "toilet paper");

    /** Names that end in s and are of one thing. */
    private static final List<String> SINGULAR =
            List.of("bus", "compass", "face with heart eyes", "face with sunglasses", "rhinoceros");

    /** Beginnings that sound like a vowel and are none, or the other way round. */
    private static final List<String> SOUNDS_OTHERWISE = List.of("unicorn", "ufo", "hour", "x-ray");

    private Captions() {}

    /**
     * Returns the sentence that says everything.
     *
     * @return such as {@code a blue crab, in the style of noto, on a yellow background}
     */
    static String full(Combination combination) {
        return sentence(
                subject(combination, combination.thing().name(), true),
                combination.style(),
                combination.backgroundWordOrNull());
    }

    /**
     * Returns all captions of a picture.
     *
     * @param combination what it shows
     * @param random chooses among rarer forms
     * @return eight, the full sentence several times among them
     */
    static List<String> of(Combination combination, Random random) {
        Thing thing = combination.thing();
        @Nullable String behind = combination.backgroundWordOrNull();
        String full = full(combination);
        List<String> captions = new ArrayList<>();
        for (int i = 0; i < FULL; i++) {
            captions.add(full);
        }
        captions.add(sentence(subject(combination, thing.name(), true), null, behind));
        captions.add(
                sentence(subject(combination, thing.name(), false), combination.style(), behind));
        captions.add(rare(combination, random));
        return captions;
    }

    private static String rare(Combination combination, Random random) {
        Thing thing = combination.thing();
        @Nullable String behind = combination.backgroundWordOrNull();
        int kind = random.nextInt(4);
        if (kind == 0 && !thing.tags().isEmpty()) {
            String tag = thing.tags().get(random.nextInt(thing.tags().size()));
            return sentence(subject(combination, tag, true), combination.style(), behind);
        }
        if (kind == 1) {
            // white is what a background is when nothing is said, and may be said
            return sentence(
                    subject(combination, thing.name(), true),
                    combination.style(),
                    combination.backgroundWord());
        }
        if (kind == 2) {
            return sentence(subject(combination, thing.name(), false), null, behind);
        }
        return full(combination);
    }

    /** Puts a caption together. */
    static String sentence(String subject, @Nullable Style style, @Nullable String background) {
        return subject
                + (style == null ? "" : ", in the style of " + style.word())
                + (background == null
                        ? ""
                        : ", on %s %s background".formatted(article(background), background));
    }

    /** Returns the colour and the name, with "a" or "an" where it is wanted and right. */
    static String subject(Combination combination, String name, boolean withArticle) {
        Colour colour = combination.colour();
        String words = colour == null ? name : colour.word() + " " + name;
        return withArticle && takesArticle(name) ? article(words) + " " + words : words;
    }

    /** Returns whether one says "a" or "an" before a name. */
    static boolean takesArticle(String name) {
        String last = name.substring(name.lastIndexOf(' ') + 1);
        boolean plural = last.endsWith("s") && !last.endsWith("ss") && !last.endsWith("us");
        boolean counted = name.contains(" of ") && !name.endsWith(" of") || name.contains(" with ");
        return !WITHOUT_ARTICLE.contains(name) && (!plural || counted || SINGULAR.contains(name));
    }

    private static String article(String words) {
        boolean vowel = "aeiou".indexOf(words.charAt(0)) >= 0;
        boolean soundsOtherwise = SOUNDS_OTHERWISE.stream().anyMatch(words::startsWith);
        return vowel != soundsOtherwise ? "an" : "a";
    }
}
