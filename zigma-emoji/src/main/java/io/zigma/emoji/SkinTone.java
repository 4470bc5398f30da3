package io.zigma.emoji;

import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The skin tones that an emoji of a person can have (Unicode Technical Standard 51, 2.4). */
enum SkinTone {
    /** Fitzpatrick type 1 to 2. */
    LIGHT("1f3fb"),
    /** Type 3. */
    MEDIUM_LIGHT("1f3fc"),
    /** Type 4. */
    MEDIUM("1f3fd"),
    /** Type 5. */
    MEDIUM_DARK("1f3fe"),
    /** Type 6. */
    DARK("1f3ff");

    private final String point;

    SkinTone(String point) {
        this.point = point;
    }

    /** Returns the words that captions have for it. */
    String words() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-') + " skin tone";
    }

    /** Returns the tones in a sequence of code points. */
    static Set<SkinTone> in(String points) {
        Set<SkinTone> tones = EnumSet.noneOf(SkinTone.class);
        for (String point : points.split("-", -1)) {
            Stream.of(values()).filter(tone -> tone.point.equals(point)).forEach(tones::add);
        }
        return tones;
    }

    /** Returns a sequence of code points without its tones. */
    static String removed(String points) {
        return Stream.of(points.split("-", -1))
                .filter(point -> Stream.of(values()).noneMatch(tone -> tone.point.equals(point)))
                .collect(Collectors.joining("-"));
    }
}
