package io.zigma.mixer;

import io.zigma.scan.Grid;

/** What the mixers of maps ask of a grid of tokens. */
final class MapGrid {

    private MapGrid() {}

    static void requireOneFrame(String mixer, Grid grid) {
        if (grid.frames() != 1) {
            throw new IllegalArgumentException(
                    "mixer %s mixes the tokens of images and not of videos; choose mixer mamba for them"
                            .formatted(mixer));
        }
    }

    static void requireParts(String mixer, Grid grid, int rows, int columns, String setting) {
        if (grid.height() % rows != 0 || grid.width() % columns != 0) {
            throw new IllegalArgumentException(
                    "mixer %s cannot cut %s × %s tokens into %s × %s equal parts; change %s or the patch size"
                            .formatted(mixer, grid.height(), grid.width(), rows, columns, setting));
        }
    }
}
