package io.zigma.backbone.zigma;

import io.zigma.base.SampleShape;
import io.zigma.base.Spelling;
import io.zigma.condition.Conditioning;
import io.zigma.mixer.TokenMixers;
import io.zigma.nn.NormKind;
import io.zigma.scan.ScanScheme;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Small models that differ in how their layers mix tokens and have equally many parameters, to 2 %,
 * so that the mixers can be compared: 8 layers on 28 × 28 pixels in patches of 2, each as wide as
 * its mixer allows.
 */
enum Comparison {
    /** One path a layer, eight in turn. */
    ZIGZAG("zigzag-8", "mamba", 128),
    /** The same path in every layer. */
    SWEEP("sweep", "mamba", 128),
    /** Both directions of one path in every layer. */
    TWO_WAY("bidirectional", "mamba", 122),
    /** Four directions in every layer. */
    FOUR_WAY("zigzag-8", "vmamba", 110),
    /** One path a layer, eight in turn, and local clusters beside it. */
    CLUSTERS("zigzag-8", "ccvim:directions=scan+c2", 118),
    /** Local clusters alone. */
    LOCAL_CLUSTERS("zigzag-8", "local-clusters", 224),
    /** Clusters of several heads alone. */
    CONTEXT_CLUSTER("zigzag-8", "context-cluster", 188);

    private static final String PREFIX = "compare-";

    private final String scan;
    private final String mixer;
    private final int hiddenSize;

    Comparison(String scan, String mixer, int hiddenSize) {
        this.scan = scan;
        this.mixer = mixer;
        this.hiddenSize = hiddenSize;
    }

    /** Returns the name on the command line. */
    private String label() {
        return PREFIX + Spelling.of(this);
    }

    private ZigMaConfig config() {
        return new ZigMaConfig(
                SampleShape.image(1, 28, 28),
                2,
                hiddenSize,
                8,
                ScanScheme.parse(scan),
                TokenMixers.parse(mixer),
                Positions.LEARNED,
                false,
                NormKind.RMS,
                1e-5,
                0,
                Conditioning.none());
    }

    /** Returns all models by their names. */
    static Map<String, ZigMaConfig> models() {
        Map<String, ZigMaConfig> models = new LinkedHashMap<>();
        for (Comparison one : values()) {
            models.put(one.label(), one.config());
        }
        return Collections.unmodifiableMap(models);
    }
}
