package io.zigma.emoji;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** The captions of a clip, of which training takes one at each visit. */
final class MovingCaptions {

    /** Of eight captions, how many are the full sentence. */
    private static final int FULL = 5;

    private final boolean named;

    /**
     * Makes captions.
     *
     * @param named true if they name the style
     */
    MovingCaptions(boolean named) {
        this.named = named;
    }

    /**
     * Returns the sentence that says everything.
     *
     * @return such as {@code a blue crab moving left, on a yellow background}
     */
    String full(MovingCombination shown) {
        return sentence(
                shown,
                shown.still().thing().name(),
                true,
                shown.motion().phrase(),
                shown.still().backgroundWordOrNull());
    }

    /**
     * Returns all captions of a clip.
     *
     * @param shown what it shows
     * @param random chooses among rarer forms
     * @return eight, the full sentence several times among them
     */
    List<String> of(MovingCombination shown, Random random) {
        Thing thing = shown.still().thing();
        @Nullable String behind = shown.still().backgroundWordOrNull();
        Motion motion = shown.motion();
        List<String> captions = new ArrayList<>();
        for (int i = 0; i < FULL; i++) {
            captions.add(full(shown));
        }
        captions.add(sentence(shown, thing.name(), true, motion.otherPhrase(), behind));
        captions.add(sentence(shown, thing.name(), false, motion.phrase(), behind));
        captions.add(rare(shown, random));
        return captions;
    }

    private String rare(MovingCombination shown, Random random) {
        Thing thing = shown.still().thing();
        String phrase = shown.motion().phrase();
        int kind = random.nextInt(3);
        if (kind == 0 && !thing.tags().isEmpty()) {
            String tag = thing.tags().get(random.nextInt(thing.tags().size()));
            return sentence(shown, tag, true, phrase, shown.still().backgroundWordOrNull());
        }
        if (kind == 1) {
            // white is what a background is when nothing is said, and may be said
            return sentence(shown, thing.name(), true, phrase, shown.still().backgroundWord());
        }
        return full(shown);
    }

    private String sentence(
            MovingCombination shown,
            String name,
            boolean withArticle,
            String phrase,
            @Nullable String behind) {
        String subject = Captions.subject(shown.still(), name, withArticle);
        return Captions.sentence(
                subject + " " + phrase, named ? shown.still().style() : null, behind);
    }
}
