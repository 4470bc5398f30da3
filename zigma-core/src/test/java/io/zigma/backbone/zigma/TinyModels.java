package io.zigma.backbone.zigma;

import io.zigma.base.SampleShape;
import io.zigma.condition.ByClass;
import io.zigma.condition.ByText;
import io.zigma.condition.Conditioning;
import io.zigma.condition.Unconditional;
import io.zigma.nn.MambaConfig;
import io.zigma.nn.NormKind;
import io.zigma.scan.Factorised;
import io.zigma.scan.Fidelity;
import io.zigma.scan.Zigzag;

/** Shapes of models that a test can afford. */
public final class TinyModels {

    /** Three classes and the null class on 4 × 6 grey pixels. */
    public static final ZigMaConfig CONDITIONAL = of(new ByClass(3, true));

    /** The same, wide enough for a delta of rank 2, with layers that are left out half the time. */
    public static final ZigMaConfig DROPPING = of(24, 0.5, new ByClass(3, true));

    /** The first without classes. */
    public static final ZigMaConfig UNCONDITIONAL = of(new Unconditional());

    /** The first conditioned on texts, whose tokens have 5 channels. */
    public static final ZigMaConfig BY_TEXT = of(new ByText(5, 3));

    /** The same conditioned on prompts of at most 8 tokens. */
    public static final ZigMaConfig BY_PROMPT = of(new ByText(5, 8));

    /** Three frames of 4 × 6 colours, scanned in space and time alternately. */
    public static final ZigMaConfig VIDEO =
            new ZigMaConfig(
                    SampleShape.video(3, 3, 4, 6),
                    2,
                    8,
                    2,
                    Factorised.of("st", Fidelity.CORRECT),
                    MambaConfig.PUBLISHED,
                    Positions.LEARNED,
                    true,
                    NormKind.RMS,
                    1e-5,
                    0,
                    new Unconditional());

    private TinyModels() {}

    private static ZigMaConfig of(Conditioning conditioning) {
        return of(8, 0, conditioning);
    }

    private static ZigMaConfig of(int hiddenSize, double dropPath, Conditioning conditioning) {
        return new ZigMaConfig(
                4,
                6,
                1,
                2,
                hiddenSize,
                2,
                new Zigzag(8),
                MambaConfig.PUBLISHED,
                Positions.LEARNED,
                NormKind.RMS,
                1e-5,
                dropPath,
                conditioning);
    }
}
