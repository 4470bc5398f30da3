package io.zigma.codec;

import java.util.ArrayList;
import java.util.List;

/**
 * How a picture that is too large for the memory is cut into tiles that overlap.
 *
 * @param side side of a tile in latents
 * @param overlap the part of a tile, below 1, that it has in common with the next
 * @param layout where the tiles lie
 */
public record Tiling(int side, double overlap, Layout layout) {

    /** Pixels along a tile: the largest activation of Stable Diffusion's decoder is 256 MB then. */
    private static final int PIXELS = 512;

    /** With more, the scores of the attention in the middle would be the largest array. */
    private static final int MOST_LATENTS = 64;

    private static final double OVERLAP = 0.25;

    /** Where tiles lie. */
    public enum Layout {
        /**
         * As few as there can be, all of the same side, evenly spread, and no larger than the
         * overlap needs. Norms take their statistics from a tile, so a narrow one would differ from
         * its neighbours.
         */
        EVEN {
            @Override
            List<Span> spans(int side, int tile, double overlap) {
                int count = 1;
                while (needed(side, count, overlap) > tile) {
                    count++;
                }
                int each = needed(side, count, overlap);
                List<Span> spans = new ArrayList<>();
                for (int i = 0; i < count; i++) {
                    int start = count == 1 ? 0 : (int) ((long) i * (side - each) / (count - 1));
                    spans.add(new Span(start, start + each));
                }
                return spans;
            }

            /** The side of so many tiles that cover a side together. */
            private int needed(int side, int count, double overlap) {
                return (int) Math.ceil(side / (count - (count - 1) * overlap));
            }
        },

        /**
         * One at every stride, the last as wide as there is room (diffusers {@code tiled_decode}).
         */
        STRIDED {
            @Override
            List<Span> spans(int side, int tile, double overlap) {
                int stride = (int) (tile * (1 - overlap));
                List<Span> spans = new ArrayList<>();
                for (int start = 0; start < side; start += stride) {
                    spans.add(new Span(start, Math.min(side, start + tile)));
                }
                return spans;
            }
        };

        abstract List<Span> spans(int side, int tile, double overlap);
    }

    /**
     * Checks the values.
     *
     * @throws IllegalArgumentException if a tile would be empty, or tiles would not move on
     */
    public Tiling {
        if (side < 1 || !(overlap >= 0) || !((int) (side * (1 - overlap)) >= 1)) {
            throw new IllegalArgumentException(
                    "tiles have a side of 1 or more latents and overlap by less than a whole tile, not %s by %s"
                            .formatted(side, overlap));
        }
    }

    /**
     * Returns the tiles that codecs have by default: 512 pixels wide, overlapping by a quarter.
     *
     * @param factor pixels along a latent
     * @return tiles of at most 64 latents
     */
    public static Tiling standard(int factor) {
        return new Tiling(
                Math.max(1, Math.min(MOST_LATENTS, PIXELS / factor)), OVERLAP, Layout.EVEN);
    }

    /**
     * Returns whether a picture is decoded whole.
     *
     * @param height rows of latents
     * @param width columns of latents
     * @return true if it has no more latents than a tile
     */
    public boolean holds(int height, int width) {
        return (long) height * width <= (long) side * side;
    }

    /**
     * Part of a side, in latents.
     *
     * @param start the first
     * @param end one beyond the last
     */
    record Span(int start, int end) {

        int length() {
            return end - start;
        }
    }

    /** Returns the tiles along a side of so many latents. */
    List<Span> spans(int length) {
        return layout.spans(length, side, overlap);
    }
}
