package io.zigma.backbone.zigma;

import io.zigma.base.SampleShape;
import io.zigma.condition.ByClass;
import io.zigma.condition.Conditioning;
import io.zigma.condition.Unconditional;
import io.zigma.nn.MambaConfig;
import io.zigma.nn.NormKind;
import io.zigma.scan.Bidirectional;
import io.zigma.scan.Factorised;
import io.zigma.scan.Fidelity;
import io.zigma.scan.ScanScheme;
import io.zigma.scan.Zigzag;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * Models that have a name: five sizes by three patch sizes (official functions {@code zigma_s_1}
 * and so on; ZigMa-M/1 is ours, the official code leaves it out), and the configurations of the
 * official repository's {@code config/model}.
 *
 * <p>The sizes do not fix the image; here they are for latents of 32 × 32 with 4 channels, as in
 * the paper, with eight zigzags and no table of positions.
 */
public enum Preset {
    /** ZigMa-S/1. */
    S_1(Size.S, 1),
    /** ZigMa-S/2. */
    S_2(Size.S, 2),
    /** ZigMa-S/4. */
    S_4(Size.S, 4),
    /** ZigMa-B/1. */
    B_1(Size.B, 1),
    /** ZigMa-B/2. */
    B_2(Size.B, 2),
    /** ZigMa-B/4. */
    B_4(Size.B, 4),
    /** ZigMa-M/1. */
    M_1(Size.M, 1),
    /** ZigMa-M/2. */
    M_2(Size.M, 2),
    /** ZigMa-M/4. */
    M_4(Size.M, 4),
    /** ZigMa-L/1. */
    L_1(Size.L, 1),
    /** ZigMa-L/2. */
    L_2(Size.L, 2),
    /** ZigMa-L/4. */
    L_4(Size.L, 4),
    /** ZigMa-H/1. */
    H_1(Size.H, 1),
    /** ZigMa-H/2. */
    H_2(Size.H, 2),
    /** ZigMa-H/4. */
    H_4(Size.H, 4),
    /** Eight zigzags over 32 × 32 latents with a learned table of positions. */
    ZIGZAG8_B1_PE2(
            "zigzag8_b1_pe2",
            config(Size.B, image(32), 1, new Zigzag(8), Positions.LEARNED, new Unconditional())),
    /** Eight zigzags over 128 × 128 latents, which are images of 1024 × 1024. */
    S1024_ZIGZAG8_B2_OLD(
            "s1024_zigzag8_b2_old",
            config(Size.B, image(128), 2, new Zigzag(8), Positions.NONE, new Unconditional())),
    /** Both directions of one scan over 32 × 32 latents, with a learned table of positions. */
    SWEEP2_B1_PE2(
            "sweep2_b1_pe2",
            config(
                    Size.B,
                    image(32),
                    1,
                    new Bidirectional(),
                    Positions.LEARNED,
                    new Unconditional())),
    /** Videos of 16 frames and 101 classes: both directions of one scan through space and time. */
    VIDEO_SWEEP2_B2(
            "3d_sweep2_b2",
            config(
                    Size.B,
                    video(),
                    2,
                    new Bidirectional(),
                    Positions.LEARNED,
                    new ByClass(101, false))),
    /** The same videos, with scans of zigzags in space alternating with scans through time. */
    VIDEO_ZIGZAG8SST_B2(
            "3d_zigzag8sst_b2",
            config(
                    Size.B,
                    video(),
                    2,
                    Factorised.of("sst", Fidelity.COMPATIBLE),
                    Positions.LEARNED,
                    new ByClass(101, false)));

    private static final double OFFICIAL_DROP_PATH = 0.1;
    private static final int LATENT_CHANNELS = 4;

    private final String label;
    private final String officialName;
    private final ZigMaConfig config;

    Preset(Size size, int patchSize) {
        label = name().toLowerCase(Locale.ROOT).replace('_', '-');
        officialName = "zigma_" + name().toLowerCase(Locale.ROOT);
        config =
                config(
                        size,
                        image(32),
                        patchSize,
                        new Zigzag(8),
                        Positions.NONE,
                        new Unconditional());
    }

    Preset(String officialName, ZigMaConfig config) {
        label = officialName;
        this.officialName = officialName;
        this.config = config;
    }

    /** Widths and depths. */
    private enum Size {
        S(368, 24),
        B(768, 24),
        M(768, 48),
        L(1024, 48),
        H(1536, 48);

        private final int hiddenSize;
        private final int depth;

        Size(int hiddenSize, int depth) {
            this.hiddenSize = hiddenSize;
            this.depth = depth;
        }
    }

    private static ZigMaConfig config(
            Size size,
            SampleShape canvas,
            int patchSize,
            ScanScheme scan,
            Positions positions,
            Conditioning conditioning) {
        return new ZigMaConfig(
                canvas,
                patchSize,
                size.hiddenSize,
                size.depth,
                scan,
                MambaConfig.PUBLISHED,
                positions,
                false,
                NormKind.RMS,
                1e-5,
                OFFICIAL_DROP_PATH,
                conditioning);
    }

    private static SampleShape image(int side) {
        return SampleShape.image(LATENT_CHANNELS, side, side);
    }

    private static SampleShape video() {
        return SampleShape.video(16, LATENT_CHANNELS, 32, 32);
    }

    /**
     * Returns the name on the command line.
     *
     * @return such as {@code b-2}, or the official name of a published configuration
     */
    public String label() {
        return label;
    }

    /**
     * Returns the name in the official code.
     *
     * @return of its function, such as {@code zigma_b_2}, or of its file in {@code config/model}
     */
    public String officialName() {
        return officialName;
    }

    /**
     * Returns the model.
     *
     * @return its whole shape
     */
    public ZigMaConfig config() {
        return config;
    }

    /**
     * Returns all names on the command line.
     *
     * @return the labels in order of size, the published configurations last
     */
    public static List<String> labels() {
        return Arrays.stream(values()).map(Preset::label).toList();
    }
}
