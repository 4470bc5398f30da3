package io.zigma.emoji;

import java.util.List;
import java.util.Locale;

/**
 * The colours that captions name: the colour of a thing, and of its background.
 *
 * <p>As a thing's colour, hue, saturation and value are the means that its main colour gets; as a
 * background, the red, green and blue of every pixel.
 */
public enum Colour {
    /** As tomatoes. */
    RED(1, 0.82f, 0.86f, 0xe2564f),
    /** As tangerines. */
    ORANGE(29, 0.90f, 0.98f, 0xf7a54a),
    /** As lemons. */
    YELLOW(51, 0.80f, 0.98f, 0xfbe067),
    /** As leaves. */
    GREEN(125, 0.66f, 0.68f, 0x79c87c),
    /** As the sky in the evening. */
    BLUE(214, 0.76f, 0.88f, 0x6aa9ee),
    /** As aubergines. */
    PURPLE(276, 0.60f, 0.72f, 0xa87bd1),
    /** As flamingos. */
    PINK(336, 0.46f, 0.98f, 0xf9a9cb),
    /** As earth. */
    BROWN(22, 0.62f, 0.50f, 0x94633f),
    /** As coal; a background only, since black has no hue to move to. */
    BLACK(0, 0, 0, 0x26262b);

    /** What a thing's main colour can be moved to. */
    static final List<Colour> OF_THINGS =
            List.of(RED, ORANGE, YELLOW, GREEN, BLUE, PURPLE, PINK, BROWN);

    /** What can lie behind a thing other than white. */
    static final List<Colour> OF_BACKGROUNDS =
            List.of(RED, ORANGE, YELLOW, GREEN, BLUE, PURPLE, PINK, BLACK);

    private final float hue;
    private final float saturation;
    private final float value;
    private final int background;

    Colour(float hue, float saturation, float value, int background) {
        this.hue = hue;
        this.saturation = saturation;
        this.value = value;
        this.background = background;
    }

    /**
     * Returns what captions call it.
     *
     * @return a word in lower case
     */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Returns the hue of things, in degrees. */
    float hue() {
        return hue;
    }

    /** Returns the mean saturation of things, from 0 to 1. */
    float saturation() {
        return saturation;
    }

    /** Returns the mean value of things, from 0 to 1. */
    float value() {
        return value;
    }

    /** Returns the background as red, green and blue, eight bits each. */
    int background() {
        return background;
    }
}
