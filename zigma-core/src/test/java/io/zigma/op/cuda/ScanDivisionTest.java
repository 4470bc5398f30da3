package io.zigma.op.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class ScanDivisionTest {

    @Test
    void fewLongSequencesAreDividedAndOthersAreNot() {
        assertThat(ScanDivision.forward(1, 1024, 1536, 16).segments()).isEqualTo(4);
        assertThat(ScanDivision.backward(1, 1024, 1536, 16).segments()).isEqualTo(8);
        assertThat(ScanDivision.forward(1, 65_536, 1536, 16).segments()).isEqualTo(16);
        assertThat(ScanDivision.forward(32, 1024, 1536, 16).segmented()).isFalse();
        assertThat(ScanDivision.backward(8, 65_536, 1536, 16).segmented()).isFalse();
        assertThat(ScanDivision.backward(1, 512, 1536, 16).segments()).isEqualTo(4);
        assertThat(ScanDivision.forward(1, 512, 1536, 16).segmented()).isFalse();
        assertThat(ScanDivision.forward(1, 49, 128, 16).segmented()).isFalse();
    }

    @Property
    void segmentsCoverTheSequenceAndNoneIsEmpty(
            @ForAll @IntRange(min = 1, max = 70) int sequences,
            @ForAll @IntRange(min = 1, max = 70_000) int length,
            @ForAll @IntRange(min = 1, max = 3100) int channels,
            @ForAll @IntRange(min = 1, max = 32) int states) {
        ScanDivision forward = ScanDivision.forward(sequences, length, channels, states);
        ScanDivision backward = ScanDivision.backward(sequences, length, channels, states);
        // the backward scan reads the states that the forward scan has left before each tile
        assertThat(backward.tuning().steps()).isEqualTo(forward.tuning().steps());
        for (ScanDivision division : new ScanDivision[] {forward, backward}) {
            long tiles = division.tuning().tiles(length);
            long before = (division.segments() - 1L) * division.segmentTiles();
            assertThat(division.segments()).isPositive();
            assertThat(before).isLessThan(tiles);
            assertThat(before + division.segmentTiles()).isGreaterThanOrEqualTo(tiles);
            assertThat(division.tuning().lanes()).isLessThanOrEqualTo(Math.max(states, 2));
        }
    }
}
