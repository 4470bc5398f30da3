package io.zigma.backbone;

import io.zigma.base.Setting;

/** The settings that all backbones of layers over tokens have. */
public final class TokenSettings {

    /** Side of a patch in pixels. */
    public static final Setting PATCH_SIZE =
            Setting.whole(
                    "patch-size",
                    "side of the patches that become tokens",
                    2,
                    1,
                    ModelLimits.PATCH);

    /** Channels of a token. */
    public static final Setting HIDDEN_SIZE =
            Setting.whole("hidden-size", "channels of a token", 128, 1, ModelLimits.SIZE);

    /** How many layers there are. */
    public static final Setting DEPTH = Setting.whole("depth", "layers", 8, 1, ModelLimits.DEPTH);

    /** Heads of the layers' self-attention, where they have one. */
    public static final Setting HEADS =
            Setting.whole("heads", "heads of self-attention", 4, 1, ModelLimits.SIZE);

    private TokenSettings() {}
}
