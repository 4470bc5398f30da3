package io.zigma.mixer;

import io.zigma.base.Setting;
import io.zigma.base.Settings;
import io.zigma.nn.MambaConfig;
import io.zigma.nn.MixerSpec;
import java.util.List;

/** ZigMa's own mixer in the registry: Mamba along the path, or paths, of each layer. */
final class MambaKind {

    private static final MambaConfig PUBLISHED = MambaConfig.PUBLISHED;

    private static final Setting STATES =
            Setting.whole("states", "states of a channel", PUBLISHED.stateSize(), 1, 1 << 16);
    private static final Setting WIDTH =
            Setting.whole(
                    "convolution-width",
                    "taps of the causal convolution",
                    PUBLISHED.convolutionWidth(),
                    1,
                    1 << 16);
    private static final Setting EXPAND =
            Setting.whole(
                    "expand", "inner channels a model channel", PUBLISHED.expand(), 1, 1 << 10);
    private static final Setting RANK =
            Setting.whole(
                    "dt-rank",
                    "rank of the projection to Δ, 0 for a sixteenth of the channels",
                    PUBLISHED.dtRank(),
                    0,
                    1 << 16);
    private static final Setting CONVOLUTION_BIAS =
            Setting.flag(
                    "convolution-bias",
                    "whether the convolution has a bias",
                    PUBLISHED.convolutionBias());
    private static final Setting PROJECTION_BIAS =
            Setting.flag(
                    "projection-bias",
                    "whether the projections at both ends have one",
                    PUBLISHED.projectionBias());

    static final MixerKind INSTANCE =
            new MixerKind(
                    PUBLISHED.name(),
                    "the selective state space along the layer's scan path (ZigMa 2024)",
                    List.of(STATES, WIDTH, EXPAND, RANK, CONVOLUTION_BIAS, PROJECTION_BIAS),
                    MambaKind::of);

    private MambaKind() {}

    private static MixerSpec of(Settings values) {
        return new MambaConfig(
                values.whole(STATES),
                values.whole(WIDTH),
                values.whole(EXPAND),
                values.whole(RANK),
                values.flag(CONVOLUTION_BIAS),
                values.flag(PROJECTION_BIAS));
    }
}
