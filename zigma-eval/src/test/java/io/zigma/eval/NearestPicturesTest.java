package io.zigma.eval;

import static org.assertj.core.api.Assertions.assertThat;

import io.zigma.media.PictureFormat;
import java.util.Arrays;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class NearestPicturesTest {

    @Property(tries = 40)
    void theNearestIsThatOfAllPairsInWholeNumbers(
            @ForAll long seed,
            @ForAll @IntRange(min = 1, max = 40) int queries,
            @ForAll @IntRange(min = 1, max = 60) int points,
            @ForAll @IntRange(min = 1, max = 255) int levels) {
        PictureFormat format = new PictureFormat(1, 3, 5);
        Random random = new Random(seed);
        Pictures asked = random(format, queries, levels, random);
        Pictures known = random(format, points, levels, random);
        NearestPictures.Found found = NearestPictures.of(asked, known);
        for (int i = 0; i < queries; i++) {
            int nearest = 0;
            for (int j = 1; j < points; j++) {
                if (squared(asked, i, known, j) < squared(asked, i, known, nearest)) {
                    nearest = j;
                }
            }
            assertThat(found.rows()[i]).as("nearest of picture %d", i).isEqualTo(nearest);
            assertThat(found.distances()[i])
                    .as("distance of picture %d", i)
                    .isEqualTo(Math.sqrt(squared(asked, i, known, nearest)));
        }
    }

    @Test
    void aCopyIsFoundBeyondTheFirstBlockAndIsAtNoDistance() {
        PictureFormat format = new PictureFormat(1, 28, 28);
        Pictures known = random(format, 4200, 256, new Random(3));
        NearestPictures.Found found = NearestPictures.of(known.slice(4195, 4199), known);
        assertThat(found.rows()).containsExactly(4195, 4196, 4197, 4198);
        assertThat(found.distances()).containsOnly(0);
    }

    @Test
    void brightPicturesOneLevelApartAreDistinguished() {
        byte[] levels = new byte[2 * 784];
        Arrays.fill(levels, (byte) 255);
        levels[784 + 5] = (byte) 254;
        Pictures pair = Pictures.of(new PictureFormat(1, 28, 28), levels);
        NearestPictures.Found found = NearestPictures.of(pair.slice(1, 2), pair);
        assertThat(found.rows()).containsExactly(1);
        found = NearestPictures.of(pair.slice(0, 1), pair.slice(1, 2));
        assertThat(found.distances()).containsExactly(1);
    }

    private static Pictures random(PictureFormat format, int count, int levels, Random random) {
        byte[] bytes = new byte[count * format.elements()];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) random.nextInt(levels);
        }
        return Pictures.of(format, bytes);
    }

    private static long squared(Pictures one, int row, Pictures other, int otherRow) {
        int size = one.format().elements();
        long sum = 0;
        for (int i = 0; i < size; i++) {
            int difference =
                    (one.levels()[row * size + i] & 0xff)
                            - (other.levels()[otherRow * size + i] & 0xff);
            sum += (long) difference * difference;
        }
        return sum;
    }
}
