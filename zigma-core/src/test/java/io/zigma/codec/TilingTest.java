package io.zigma.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.zigma.base.SampleShape;
import io.zigma.codec.Tiling.Span;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class TilingTest {

    @Property
    void tilesCoverASideWithoutAGap(
            @ForAll @IntRange(min = 1, max = 300) int length,
            @ForAll @IntRange(min = 2, max = 64) int tile,
            @ForAll @DoubleRange(min = 0, max = 0.5) double overlap,
            @ForAll Tiling.Layout layout) {
        List<Span> spans = new Tiling(tile, overlap, layout).spans(length);
        assertThat(spans.get(0).start()).isZero();
        assertThat(spans.get(spans.size() - 1).end()).isEqualTo(length);
        for (int i = 0; i < spans.size(); i++) {
            assertThat(spans.get(i).length()).isBetween(1, tile);
            if (i > 0) {
                assertThat(spans.get(i).start())
                        .isGreaterThan(spans.get(i - 1).start())
                        .isLessThanOrEqualTo(spans.get(i - 1).end());
            }
        }
    }

    @Property
    void evenTilesAreAllOfOneSideAndOverlapByAQuarter(
            @ForAll @IntRange(min = 1, max = 300) int length,
            @ForAll @IntRange(min = 8, max = 64) int tile) {
        List<Span> spans = new Tiling(tile, 0.25, Tiling.Layout.EVEN).spans(length);
        int side = spans.get(0).length();
        assertThat(spans).allMatch(span -> span.length() == side);
        for (int i = 1; i < spans.size(); i++) {
            int overlap = spans.get(i - 1).end() - spans.get(i).start();
            assertThat((double) overlap).isGreaterThan(0.25 * side - 2);
        }
    }

    @Test
    void noMoreIsComputedThanTheOverlapNeeds() {
        // two tiles of 64 do not cover 128 with an overlap; three of 52 do
        assertThat(new Tiling(64, 0.25, Tiling.Layout.EVEN).spans(128))
                .containsExactly(new Span(0, 52), new Span(38, 90), new Span(76, 128));
    }

    @Test
    void tilesThatDoNotMoveOnAreRefused() {
        assertThatThrownBy(() -> new Tiling(8, 1, Tiling.Layout.EVEN))
                .hasMessageContaining("less than a whole tile");
        assertThatThrownBy(() -> new Tiling(0, 0.5, Tiling.Layout.EVEN))
                .hasMessageContaining("1 or more latents");
        assertThatThrownBy(() -> new Tiling(8, Double.NaN, Tiling.Layout.EVEN))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void tilesOfOnePictureAreThatPicture() {
        // each tile is cut from the picture itself: blending must change nothing, at any layout
        int height = 23;
        int width = 17;
        for (Tiling.Layout layout : Tiling.Layout.values()) {
            Tiling tiling = new Tiling(6, 0.4, layout);
            float[] blended =
                    new BlendedTiles(
                                    2,
                                    3,
                                    tiling.spans(height),
                                    tiling.spans(width),
                                    (rows, columns) -> cut(rows, columns, height * 3, width * 3))
                            .compute();
            float[] whole = cut(new Span(0, height), new Span(0, width), height * 3, width * 3);
            for (int i = 0; i < whole.length; i++) {
                assertThat(blended[i]).isCloseTo(whole[i], within(1e-4f * (1 + whole[i])));
            }
        }
    }

    private static org.assertj.core.data.Offset<Float> within(float value) {
        return org.assertj.core.data.Offset.offset(value);
    }

    private static float[] cut(Span rows, Span columns, int height, int width) {
        float[] values = new float[2 * 9 * rows.length() * columns.length()];
        int i = 0;
        for (int c = 0; c < 2; c++) {
            for (int y = rows.start() * 3; y < rows.end() * 3; y++) {
                for (int x = columns.start() * 3; x < columns.end() * 3; x++) {
                    values[i++] = (c * height + y) * width + x;
                }
            }
        }
        return values;
    }

    @Test
    void onePictureIsComputedInTilesOnlyWhereItIsLarger() {
        try (NDManager manager = NDManager.newBaseManager();
                AutoencoderCodec codec = TinyAutoencoders.codec(TinyAutoencoders.HALVING, 1)) {
            NDArray latents = AutoencoderTest.picture(manager, 1, SampleShape.image(4, 16, 16), 2);
            float[] whole = codec.decode(latents).toFloatArray();
            float[] same =
                    codec.withTiling(new Tiling(16, 0.25, Tiling.Layout.EVEN))
                            .decode(latents)
                            .toFloatArray();
            float[] tiled =
                    codec.withTiling(new Tiling(8, 0.25, Tiling.Layout.EVEN))
                            .decode(latents)
                            .toFloatArray();
            assertThat(same).containsExactly(whole);
            assertThat(tiled).hasSize(whole.length).isNotEqualTo(whole);
        }
    }

    /** The largest step from one pixel to the next is where the picture has it, not at a seam. */
    @Test
    void noStepStandsOutWhereTilesMeet() {
        try (NDManager manager = NDManager.newBaseManager();
                AutoencoderCodec codec = TinyAutoencoders.codec(TinyAutoencoders.HALVING, 1)) {
            int side = 64;
            float[] values = new float[4 * side * side];
            for (int i = 0; i < values.length; i++) {
                int y = i / side % side;
                int x = i % side;
                values[i] = (float) Math.sin(0.13 * x + 0.09 * y + i / (side * side));
            }
            NDArray latents = manager.create(values, SampleShape.image(4, side, side).batch(1));
            Tiling tiling = new Tiling(32, 0.25, Tiling.Layout.EVEN);
            float[] tiled = codec.withTiling(tiling).decode(latents).toFloatArray();
            List<Double> steps = steps(tiled, 3 * 2 * side, 2 * side);
            List<Integer> seams = new ArrayList<>();
            for (Span span : tiling.spans(side)) {
                seams.add(2 * span.start());
                seams.add(2 * span.end());
            }
            double typical = steps.stream().mapToDouble(step -> step).average().orElseThrow();
            for (int seam : seams) {
                if (seam > 0 && seam < 2 * side) {
                    assertThat(steps.get(seam - 1))
                            .as("step at column %s", seam)
                            .isLessThan(2 * typical);
                }
            }
        }
    }

    /** Mean absolute difference from each column to the next. */
    private static List<Double> steps(float[] values, int rows, int width) {
        double[] sums = new double[width - 1];
        for (int y = 0; y < rows; y++) {
            for (int x = 0; x + 1 < width; x++) {
                sums[x] += Math.abs(values[y * width + x + 1] - values[y * width + x]);
            }
        }
        return Arrays.stream(sums).map(sum -> sum / rows).boxed().toList();
    }
}
