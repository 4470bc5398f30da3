package io.zigma.emoji;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** The captions of a clip of an animated emoji; as many and as often as {@link MovingCaptions}. */
final class AnimatedCaptions {

    /** Of eight captions, how many are the full sentence. */
    private static final int FULL = 5;

    private static final String BEHIND = ", " + AnimatedCombination.WORD;

    private final @Nullable Style style;

    /**
     * Makes captions.
     *
     * @param named true if they name the style
     */
    AnimatedCaptions(boolean named) {
        style = named ? AnimatedCombination.STYLE : null;
    }

    /**
     * Returns the sentence that says everything.
     *
     * @return such as {@code a flamingo, animated, on a yellow background}
     */
    String full(AnimatedCombination shown) {
        return sentence(shown, name(shown), counted(shown), shown.still().backgroundWordOrNull());
    }

    /**
     * Returns all captions of a clip.
     *
     * @param shown what it shows
     * @param random chooses among rarer forms
     * @return eight, the full sentence several times among them
     */
    List<String> of(AnimatedCombination shown, Random random) {
        @Nullable String behind = shown.still().backgroundWordOrNull();
        List<String> captions = new ArrayList<>();
        for (int i = 0; i < FULL; i++) {
            captions.add(full(shown));
        }
        String name = name(shown);
        String first = AnimatedCombination.WORD + " " + name;
        captions.add(Captions.sentence(counted(shown) ? "an " + first : first, style, behind));
        captions.add(sentence(shown, name, false, behind));
        captions.add(rare(shown, random));
        return captions;
    }

    private String rare(AnimatedCombination shown, Random random) {
        Thing thing = shown.animation().source().thing();
        int kind = random.nextInt(3);
        if (kind == 0 && !thing.tags().isEmpty()) {
            String tag = thing.tags().get(random.nextInt(thing.tags().size()));
            return sentence(shown, tag, true, shown.still().backgroundWordOrNull());
        }
        if (kind == 1) {
            // white is what a background is when nothing is said, and may be said
            return sentence(shown, name(shown), counted(shown), shown.still().backgroundWord());
        }
        return full(shown);
    }

    private static String name(AnimatedCombination shown) {
        return shown.animation().source().name();
    }

    private String sentence(
            AnimatedCombination shown, String name, boolean withArticle, @Nullable String behind) {
        return Captions.sentence(
                Captions.subject(shown.still(), name, withArticle) + BEHIND, style, behind);
    }

    /** Returns whether the thing, whose name the skin tone stands behind, is said with "a". */
    private static boolean counted(AnimatedCombination shown) {
        return Captions.takesArticle(shown.animation().source().thing().name());
    }
}
