package io.zigma.backbone.zigma;

import static org.assertj.core.api.Assertions.assertThat;

import io.zigma.base.SampleShape;
import io.zigma.condition.ByClass;
import io.zigma.condition.ByText;
import io.zigma.condition.Conditioning;
import io.zigma.condition.Unconditional;
import io.zigma.nn.MambaConfig;
import io.zigma.nn.NormKind;
import io.zigma.nn.OperationCount;
import io.zigma.scan.Bidirectional;
import io.zigma.scan.Parallel;
import io.zigma.scan.ScanScheme;
import io.zigma.scan.Sweep;
import io.zigma.scan.Zigzag;
import org.junit.jupiter.api.Test;

class OperationCountTest {

    // 12 tokens of 16 channels; inside 32 channels, 4 states, 3 taps, rank 2
    private static final int TOKENS = 12;
    private static final MambaConfig MIXER = new MambaConfig(4, 3, 2, 2, true, false);

    /** One layer's mixer of one direction: in, to Δ and B and C, Δ, out. */
    private static final long ENDS = 16 * 64 + 32 * 16;

    private static final long DIRECTION = 32 * (2 + 2 * 4) + 2 * 32;

    /** Patches of 2 × 2 × 3 values in and out, and the time's two layers from 256 numbers. */
    private static final long AROUND = TOKENS * (12 * 16 + 16 * 12) + 256 * 16 + 16 * 16;

    @Test
    void aModelOfOneLayerIsCountedAsByHand() {
        OperationCount count = count(new Zigzag(8), 1, new Unconditional());

        assertThat(count.matrixProducts())
                .isEqualTo(AROUND + TOKENS * (ENDS + DIRECTION) + 16 * 48);
        assertThat(count.convolution()).isEqualTo(TOKENS * 32 * 3);
        assertThat(count.scan()).isEqualTo(TOKENS * 32 * (4 * 4 + 3));
        assertThat(count.attention()).isZero();
        assertThat(count.total())
                .isEqualTo(count.matrixProducts() + count.convolution() + count.scan());
    }

    @Test
    void layersAddUp() {
        OperationCount one = count(new Sweep(), 1, new Unconditional());
        OperationCount three = count(new Sweep(), 3, new Unconditional());

        assertThat(three.scan()).isEqualTo(3 * one.scan());
        assertThat(three.matrixProducts() - one.matrixProducts())
                .isEqualTo(2 * (one.matrixProducts() - AROUND));
    }

    @Test
    void directionsInOneLayerAreScannedEach() {
        OperationCount one = count(new Sweep(), 1, new Unconditional());
        OperationCount two = count(new Bidirectional(), 1, new Unconditional());
        OperationCount four = count(new Parallel(4), 1, new Unconditional());

        assertThat(two.scan()).isEqualTo(2 * one.scan());
        assertThat(four.scan()).isEqualTo(4 * one.scan());
        assertThat(four.convolution()).isEqualTo(4 * one.convolution());
        assertThat(two.matrixProducts() - one.matrixProducts()).isEqualTo(TOKENS * DIRECTION);
    }

    @Test
    void aClassCostsAProductWithTheTable() {
        OperationCount without = count(new Sweep(), 1, new Unconditional());
        OperationCount with = count(new Sweep(), 1, new ByClass(3, true));

        assertThat(with.matrixProducts() - without.matrixProducts()).isEqualTo(4 * 16);
        assertThat(with.scan()).isEqualTo(without.scan());
    }

    @Test
    void aTextIsAttendedTo() {
        OperationCount without = count(new Sweep(), 1, new Unconditional());
        OperationCount with = count(new Sweep(), 1, new ByText(5, 7));

        // 8 heads of 64: queries with keys, weights with values
        assertThat(with.attention()).isEqualTo(2 * TOKENS * 7 * 512);
        // text embedding, queries and output, keys and values, twice the modulation
        assertThat(with.matrixProducts() - without.matrixProducts())
                .isEqualTo(7 * 5 * 16 + 2 * TOKENS * 16 * 512 + 2 * 7 * 16 * 512 + 16 * 48);
    }

    @Test
    void thePapersTermsAreThePapersTerms() {
        LayerComplexity complexity = new LayerComplexity(1024, 768, 16);

        assertThat(complexity.selfAttention())
                .isEqualTo(4L * 1024 * 768 * 768 + 2L * 1024 * 1024 * 768);
        assertThat(complexity.zigzag()).isEqualTo(3L * 1024 * 1536 * 16 + 1024L * 1536 * 16 * 16);
        assertThat(complexity.parallelScans(8)).isEqualTo(8 * complexity.zigzag());
    }

    private static OperationCount count(ScanScheme scan, int depth, Conditioning conditioning) {
        return new ZigMa(config(scan, depth, conditioning)).operations();
    }

    private static ZigMaConfig config(ScanScheme scan, int depth, Conditioning conditioning) {
        return new ZigMaConfig(
                SampleShape.image(3, 6, 8),
                2,
                16,
                depth,
                scan,
                MIXER,
                Positions.NONE,
                false,
                NormKind.RMS,
                1e-5,
                0,
                conditioning);
    }
}
