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
 * @param looks the colours it can have, its own first
 */
record Icon(Thing thing, Style style, String svg, List<Look> looks) {

    /** A picture with less than this fraction of drawn pixels is empty. */
    private static final double BLANK = 0.01;

    private static final int WHITE = 0xffffff;

    Icon {
        looks = List.copyOf(looks);
    }

    /**
     * A colour that a thing can have.
     *
     * @param colour which; null for its own
     * @param onWhite true if it is seen on white
     * @param backgrounds on which else it is seen
     */
    record Look(@Nullable Colour colour, boolean onWhite, List<Colour> backgrounds) {

        Look {
            backgrounds = List.copyOf(backgrounds);
        }
    }

    /**
     * Looks at a drawing.
     *
     * @param size pixels to look at it with, of each side
     * @return without any look if nothing is drawn
     * @throws IOException if it is no SVG
     */
    static Icon of(Thing thing, Style style, String svg, int size) throws IOException {
        Drawing drawing = Drawing.of(svg, size);
        List<Look> looks = new ArrayList<>();
        if (drawing.coverage() >= BLANK) {
            looks.add(look(null, drawing));
            MainColour main = MainColour.of(drawing);
            if (main.movable()) {
                for (Colour colour : Colour.OF_THINGS) {
                    looks.add(look(colour, main.moved(drawing, colour)));
                }
            }
            looks.removeIf(look -> !look.onWhite() && look.backgrounds().isEmpty());
        }
        return new Icon(thing, style, svg, looks);
    }

    private static Look look(@Nullable Colour colour, Drawing drawing) {
        Contrast contrast = new Contrast(drawing);
        return new Look(
                colour,
                contrast.isSeenOn(WHITE),
                Colour.OF_BACKGROUNDS.stream()
                        .filter(behind -> contrast.isSeenOn(behind.background()))
                        .toList());
    }

    /** Returns the looks other than its own colours. */
    List<Look> coloured() {
        return looks.stream().filter(look -> look.colour() != null).toList();
    }
}
