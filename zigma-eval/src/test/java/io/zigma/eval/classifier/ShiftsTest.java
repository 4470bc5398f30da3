package io.zigma.eval.classifier;

import static org.assertj.core.api.Assertions.assertThat;

import io.zigma.base.SampleShape;
import java.util.HashSet;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;

class ShiftsTest {

    /** Every shift of a picture whose pixels encode their position, edges repeated. */
    @Property(tries = 100)
    void everyPixelComesFromTheSameDistance(
            @ForAll @IntRange(min = 1, max = 3) int most,
            @ForAll long seed,
            @ForAll @LongRange(min = 0, max = 1L << 40) long position) {
        int height = 5;
        int width = 4;
        float[] numbered = new float[2 * height * width];
        for (int i = 0; i < numbered.length; i++) {
            numbered[i] = i;
        }

        float[] moved =
                new Shifts(SampleShape.image(2, height, width), most, seed)
                        .apply(numbered, position);

        assertThat(moves(moved, height, width, most)).as("moves that explain it").isNotEmpty();
    }

    private static Set<String> moves(float[] moved, int height, int width, int most) {
        Set<String> fitting = new HashSet<>();
        for (int down = -most; down <= most; down++) {
            for (int right = -most; right <= most; right++) {
                boolean fits = true;
                for (int i = 0; i < moved.length; i++) {
                    int channel = i / (height * width);
                    int y = Math.max(0, Math.min(height - 1, i / width % height - down));
                    int x = Math.max(0, Math.min(width - 1, i % width - right));
                    fits &= moved[i] == (channel * height + y) * width + x;
                }
                if (fits) {
                    fitting.add(down + "," + right);
                }
            }
        }
        return fitting;
    }

    @Test
    void aPictureMovesTheSameWayInAnyBatch() {
        float[] three = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11};
        Shifts shifts = new Shifts(SampleShape.image(1, 2, 2), 1, 7);

        float[] together = shifts.apply(three, 40);
        float[] last = shifts.apply(new float[] {8, 9, 10, 11}, 42);

        assertThat(last).containsExactly(together[8], together[9], together[10], together[11]);
    }

    @Test
    void allMovesComeUp() {
        float[] picture = new float[9];
        picture[4] = 1;
        Set<Integer> places = new HashSet<>();
        Shifts shifts = new Shifts(SampleShape.image(1, 3, 3), 1, 0);
        for (int position = 0; position < 200; position++) {
            float[] moved = shifts.apply(picture, position);
            for (int i = 0; i < 9; i++) {
                if (moved[i] == 1) {
                    places.add(i);
                }
            }
        }
        assertThat(places).containsExactlyInAnyOrder(0, 1, 2, 3, 4, 5, 6, 7, 8);
    }

    @Test
    void nothingMovesByNothing() {
        float[] picture = {1, 2, 3, 4};

        assertThat(new Shifts(SampleShape.image(1, 2, 2), 0, 3).apply(picture, 5))
                .containsExactly(1, 2, 3, 4);
    }
}
