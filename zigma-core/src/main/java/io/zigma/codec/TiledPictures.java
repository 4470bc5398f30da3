package io.zigma.codec;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import io.zigma.base.EngineMemory;
import io.zigma.base.GradientMode;
import io.zigma.base.SampleShape;
import io.zigma.op.Scratch;
import java.util.function.UnaryOperator;

/**
 * Pictures and frames of videos one at a time, and those that are larger than a tile in overlapping
 * tiles: memory grows neither with the batch nor with the picture. No gradient is recorded.
 */
final class TiledPictures {

    private TiledPictures() {}

    /**
     * Encodes pictures.
     *
     * @param pixels (B, C, H, W) or (B, F, C, H, W), whole multiples of the factor
     * @param factor pixels along a value of the result
     * @param channels of the result
     * @param tiling how large pictures are cut
     * @param finish turns all results (B, channels, H/f, W/f) into what is wanted
     * @param network encodes one picture or tile (1, C, h, w)
     * @return what was wanted of all pictures, of videos with their frames
     */
    static NDArray encoded(
            NDArray pixels,
            int factor,
            int channels,
            Tiling tiling,
            UnaryOperator<NDArray> finish,
            UnaryOperator<NDArray> network) {
        return each(
                pixels,
                finish,
                picture -> {
                    int height = Math.toIntExact(picture.getShape().get(2)) / factor;
                    int width = Math.toIntExact(picture.getShape().get(3)) / factor;
                    if (tiling.holds(height, width)) {
                        return network.apply(picture);
                    }
                    float[] values =
                            new BlendedTiles(
                                            channels,
                                            1,
                                            tiling.spans(height),
                                            tiling.spans(width),
                                            (rows, columns) ->
                                                    tile(picture, rows, columns, factor, network))
                                    .compute();
                    return EngineMemory.copy(
                            picture.getManager(), values, new Shape(1, channels, height, width));
                });
    }

    /**
     * Decodes samples.
     *
     * @param sample (B, c, h, w) or (B, F, c, h, w)
     * @param factor pixels along a value of the sample
     * @param channels of the pictures
     * @param tiling how large pictures are cut
     * @param unscaled turns one sample into what the network decodes
     * @param network decodes one latent or tile (1, c, h, w)
     * @return pixels (B, C, h·f, w·f), of videos with their frames
     */
    static NDArray decoded(
            NDArray sample,
            int factor,
            int channels,
            Tiling tiling,
            UnaryOperator<NDArray> unscaled,
            UnaryOperator<NDArray> network) {
        return each(
                sample,
                pixels -> pixels,
                scaled -> {
                    NDArray latent = unscaled.apply(scaled);
                    int height = Math.toIntExact(latent.getShape().get(2));
                    int width = Math.toIntExact(latent.getShape().get(3));
                    if (tiling.holds(height, width)) {
                        return network.apply(latent);
                    }
                    float[] values =
                            new BlendedTiles(
                                            channels,
                                            factor,
                                            tiling.spans(height),
                                            tiling.spans(width),
                                            (rows, columns) ->
                                                    tile(latent, rows, columns, 1, network))
                                    .compute();
                    return EngineMemory.copy(
                            scaled.getManager(),
                            values,
                            new Shape(1, channels, height * factor, width * factor));
                });
    }

    private static float[] tile(
            NDArray whole,
            Tiling.Span rows,
            Tiling.Span columns,
            int scale,
            UnaryOperator<NDArray> network) {
        NDArray tile =
                Scratch.freed(
                        () ->
                                network.apply(
                                        whole.get(
                                                        ":, :, %s:%s, %s:%s"
                                                                .formatted(
                                                                        rows.start() * scale,
                                                                        rows.end() * scale,
                                                                        columns.start() * scale,
                                                                        columns.end() * scale))
                                                .duplicate())); // in memory of its own
        try (tile) {
            return tile.toFloatArray();
        }
    }

    /** Computes picture by picture, frees what that took, and joins the results. */
    private static NDArray each(
            NDArray input, UnaryOperator<NDArray> finish, UnaryOperator<NDArray> network) {
        return GradientMode.off(
                () ->
                        Scratch.freed(
                                () -> {
                                    NDArray flat = pictures(input.toType(DataType.FLOAT32, false));
                                    NDList results = new NDList();
                                    for (NDArray view : flat.split(flat.getShape().get(0))) {
                                        results.add(
                                                Scratch.freed(
                                                        () -> network.apply(view.duplicate())));
                                    }
                                    NDArray joined =
                                            results.size() == 1
                                                    ? results.get(0)
                                                    : NDArrays.concat(results, 0);
                                    return videos(finish.apply(joined), input.getShape());
                                }));
    }

    /** Takes pictures together that are frames of one video. */
    private static NDArray videos(NDArray pictures, Shape input) {
        return input.dimension() == 4
                ? pictures
                : pictures.reshape(
                        new Shape(input.get(0), input.get(1)).addAll(pictures.getShape().slice(1)));
    }

    /** Returns frames of videos as pictures. */
    static NDArray pictures(NDArray x) {
        Shape shape = x.getShape();
        return shape.dimension() == 4 ? x : x.reshape(new Shape(-1).addAll(shape.slice(2)));
    }

    /**
     * Returns the size of each picture or video.
     *
     * @throws IllegalArgumentException if there are neither
     */
    static SampleShape shape(NDArray x) {
        Shape shape = x.getShape();
        int axes = shape.dimension();
        if (axes != 4 && axes != 5) {
            throw new IllegalArgumentException(
                    "pictures are (B, C, H, W) and videos (B, F, C, H, W), not " + shape);
        }
        return new SampleShape(
                axes == 5 ? Math.toIntExact(shape.get(1)) : 0,
                Math.toIntExact(shape.get(axes - 3)),
                Math.toIntExact(shape.get(axes - 2)),
                Math.toIntExact(shape.get(axes - 1)));
    }
}
