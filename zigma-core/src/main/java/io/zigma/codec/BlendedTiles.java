package io.zigma.codec;

import io.zigma.codec.Tiling.Span;
import java.util.ArrayList;
import java.util.List;

/**
 * Computes a picture tile by tile. Where two tiles overlap, the result goes over linearly from one
 * to the other; tiles are blended with the one above and then with the one at the left, which are
 * blended themselves (diffusers {@code AutoencoderKL.tiled_decode}, {@code tiled_encode}).
 */
final class BlendedTiles {

    private final int channels;
    private final int scale;
    private final List<Span> rows;
    private final List<Span> columns;
    private final Source source;

    /** Computes a tile. */
    @FunctionalInterface
    interface Source {

        /**
         * Computes one.
         *
         * @param rows which rows of latents
         * @param columns which columns
         * @return C · (rows · scale) · (columns · scale) values
         */
        float[] tile(Span rows, Span columns);
    }

    /**
     * Prepares.
     *
     * @param channels C of the result
     * @param scale values of the result along a latent
     * @param rows the rows of tiles, in order
     * @param columns the columns of tiles, in order
     * @param source computes a tile
     */
    BlendedTiles(int channels, int scale, List<Span> rows, List<Span> columns, Source source) {
        this.channels = channels;
        this.scale = scale;
        this.rows = rows;
        this.columns = columns;
        this.source = source;
    }

    /**
     * A tile of the result.
     *
     * @param values C · height · width
     * @param height rows
     * @param width columns
     */
    private record Tile(float[] values, int height, int width) {

        int at(int channel, int row, int column) {
            return (channel * height + row) * width + column;
        }
    }

    /** Returns C · H · W values. */
    float[] compute() {
        int height = rows.get(rows.size() - 1).end() * scale;
        int width = columns.get(columns.size() - 1).end() * scale;
        float[] whole = new float[Math.multiplyExact(channels, Math.multiplyExact(height, width))];
        List<Tile> above = List.of();
        for (int i = 0; i < rows.size(); i++) {
            List<Tile> row = new ArrayList<>();
            for (int j = 0; j < columns.size(); j++) {
                Span down = rows.get(i);
                Span across = columns.get(j);
                Tile tile =
                        new Tile(
                                source.tile(down, across),
                                down.length() * scale,
                                across.length() * scale);
                if (i > 0) {
                    blendDown(above.get(j), tile, overlap(rows, i));
                }
                if (j > 0) {
                    blendAcross(row.get(j - 1), tile, overlap(columns, j));
                }
                row.add(tile);
                write(tile, kept(rows, i), kept(columns, j), whole, height, width);
            }
            above = row;
        }
        return whole;
    }

    /** How much of a tile the one before covers too. */
    private int overlap(List<Span> spans, int index) {
        return (spans.get(index - 1).end() - spans.get(index).start()) * scale;
    }

    /** What a tile contributes: up to where the next begins. */
    private Span kept(List<Span> spans, int index) {
        Span span = spans.get(index);
        int end = index + 1 < spans.size() ? spans.get(index + 1).start() : span.end();
        return new Span(span.start() * scale, end * scale);
    }

    private void blendDown(Tile above, Tile tile, int extent) {
        for (int c = 0; c < channels; c++) {
            for (int y = 0; y < extent; y++) {
                float weight = (float) y / extent;
                int from = above.at(c, above.height - extent + y, 0);
                int to = tile.at(c, y, 0);
                for (int x = 0; x < tile.width; x++) {
                    tile.values[to + x] =
                            above.values[from + x] * (1 - weight) + tile.values[to + x] * weight;
                }
            }
        }
    }

    private void blendAcross(Tile left, Tile tile, int extent) {
        for (int c = 0; c < channels; c++) {
            for (int y = 0; y < tile.height; y++) {
                int from = left.at(c, y, left.width - extent);
                int to = tile.at(c, y, 0);
                for (int x = 0; x < extent; x++) {
                    float weight = (float) x / extent;
                    tile.values[to + x] =
                            left.values[from + x] * (1 - weight) + tile.values[to + x] * weight;
                }
            }
        }
    }

    private void write(Tile tile, Span down, Span across, float[] whole, int height, int width) {
        for (int c = 0; c < channels; c++) {
            for (int y = 0; y < down.length(); y++) {
                System.arraycopy(
                        tile.values,
                        tile.at(c, y, 0),
                        whole,
                        (c * height + down.start() + y) * width + across.start(),
                        across.length());
            }
        }
    }
}
