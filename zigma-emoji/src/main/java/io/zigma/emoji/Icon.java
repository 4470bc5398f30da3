package io.zigma.emoji;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A thing in one style, with the ways it can be shown.
 *
 * @param thing what it is
 * @param style whose drawing it is
 * @param svg the drawing
 * @param variants the colours it can have, its own first
 */
record Icon(Thing thing, Style style, String svg, List<Variant> variants) {

    /** A picture with less than this fraction of drawn pixels is empty. */
    private static final double BLANK = 0.01;

    private static final int WHITE = 0xffffff;

    Icon {
        variants = List.copyOf(variants);
    }

    /**
     * A colour that a thing can have.
     *
     * @param colour which; null for its own
     * @param onWhite true if it is seen on white
     * @param backgrounds on which else it is seen
     */
    record Variant(@Nullable Colour colour, boolean onWhite, List<Colour> backgrounds) {

        Variant {
            backgrounds = List.copyOf(backgrounds);
        }
    }

    /**
     * Examines a drawing.
     *
     * @param size pixels of each side to draw it with for that
     * @return without any variant if nothing is drawn
     * @throws IOException if it is no SVG
     */
    static Icon of(Thing thing, Style style, String svg, int size) throws IOException {
        Drawing drawing = Drawing.of(svg, size);
        List<Variant> variants = new ArrayList<>();
        if (drawing.coverage() >= BLANK) {
            variants.add(variant(null, drawing));
            MainColour main = MainColour.of(drawing);
            if (main.movable()) {
                for (Colour colour : Colour.OF_THINGS) {
                    variants.add(variant(colour, main.moved(drawing, colour)));
                }
            }
            variants.removeIf(variant -> !variant.onWhite() && variant.backgrounds().isEmpty());
        }
        return new Icon(thing, style, svg, variants);
    }

    private static Variant variant(@Nullable Colour colour, Drawing drawing) {
        Contrast contrast = new Contrast(drawing);
        return new Variant(
                colour,
                contrast.isSeenOn(WHITE),
                Colour.OF_BACKGROUNDS.stream()
                        .filter(behind -> contrast.isSeenOn(behind.background()))
                        .toList());
    }

    /** Returns the variants other than its own colours. */
    List<Variant> coloured() {
        return variants.stream().filter(variant -> variant.colour() != null).toList();
    }
}
